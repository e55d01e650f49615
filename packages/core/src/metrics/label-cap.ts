import { overflowLabelValue } from './labels.ts'

/** The value under which a label is counted. */
export type LabelCap = (label: string, value: string) => string

/**
 * A function that lets the first `maxLabelValues` values of each label through and answers `other` for the rest, and for values
 * over 256 characters, as the collector does (MET-18). Throws `RangeError` when `maxLabelValues` is not an integer over 0.
 */
export function createLabelCap(maxLabelValues = 100): LabelCap {
  if (!Number.isInteger(maxLabelValues) || maxLabelValues < 1) {
    throw new RangeError(`maxLabelValues must be an integer over 0, got ${String(maxLabelValues)}`)
  }
  const seen = new Map<string, Set<string>>()
  return (label, value) => {
    let values = seen.get(label)
    if (!values) seen.set(label, (values = new Set()))
    if (values.has(value)) return value
    if (values.size >= maxLabelValues || value.length > 256) return overflowLabelValue
    values.add(value)
    return value
  }
}
