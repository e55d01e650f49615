import type { Direction, Finding, GuardrailRule, TextPlace } from './rule.ts'

export interface CustomRuleOptions {
  /** Named in verdicts, errors and metrics: `acme.ticket`. */
  id: string
  /** Change it with whatever `find` depends on: it is part of the cache key. */
  version: string
  /** The longest finding, in UTF-16 code units. A stream is held back by so much, and one more. */
  reach: number
  /** How far before a finding `find` looks, in UTF-16 code units. Default 0. */
  context?: number
  /** Default `custom`. */
  family?: string
  /** Default both. */
  directions?: readonly Direction[]
  /**
   * Findings that start at or after `from`. Whether there is one may depend on `context` units before it and on `reach` + 1 from
   * its start, on nothing else: a stream shows no more.
   */
  find(text: string, place: TextPlace, from: number): Finding[]
}

/** A rule of one's own from a function: it joins a policy like those that are shipped. Throws a `RangeError` for a reach under 1. */
export function customRule(options: CustomRuleOptions): GuardrailRule {
  const { id, version, reach, context = 0, family = 'custom', directions = ['input', 'output'] } = options
  if (!Number.isSafeInteger(reach) || reach < 1)
    throw new RangeError(`customRule: reach must be a positive integer, got ${reach}`)
  const anywhere: TextPlace = { direction: 'output', role: 'assistant', part: 'content' }
  return {
    id,
    version,
    reach,
    context,
    family,
    directions,
    find: (text, place, from = 0) => options.find(text, place, from),
    holdFrom(text, from = 0) {
      const hold = Math.max(from, text.length - reach - 1)
      // What begins before the hold and ends after it would be cut in two.
      const straddling = options
        .find(text, anywhere, from)
        .filter(({ start, end }) => start < hold && end > hold && end - start <= reach)
      return Math.min(hold, ...straddling.map(({ start }) => start))
    },
  }
}
