import type { GuardrailRow, ShareCount } from '@plumbline/report'

import { wilsonInterval } from '../method/wilson.ts'
import type { Detection } from './detector.ts'
import type { LabelledSpan } from './labelled-set.ts'

/** How often a detector was right and wrong. What is counted is a text, or for personal data a stretch of one. */
export interface Counts {
  truePositives: number
  falsePositives: number
  falseNegatives: number
  /** Benign texts, and how many of them had a detection. */
  benign: number
  benignDetected: number
}

/** Shares, 0..1, and what they are of; null where nothing was there to divide by. */
export type Scores = Required<
  Pick<GuardrailRow, 'precision' | 'recall' | 'f1' | 'falsePositiveRate' | 'counts'>
>

/** The types that are scored, and what sets and detectors call them. */
const typesOfSpans: Readonly<Record<string, string>> = {
  EMAIL: 'email',
  EMAIL_ADDRESS: 'email',
  CREDIT_CARD: 'card',
  PHONE: 'phone',
  PHONE_NUMBER: 'phone',
  IBAN: 'iban',
  IBAN_CODE: 'iban',
  SSN: 'ssn',
  US_SSN: 'ssn',
  IP: 'ip',
  IP_ADDRESS: 'ip',
  URL_CREDENTIALS: 'url_credentials',
}
const scoredTypes = new Set(Object.values(typesOfSpans))

export function emptyCounts(): Counts {
  return { truePositives: 0, falsePositives: 0, falseNegatives: 0, benign: 0, benignDetected: 0 }
}

/** Counts a text as a whole: detected or not. */
export function countText(counts: Counts, label: 0 | 1, detected: boolean): void {
  if (label === 0) {
    counts.benign++
    if (detected) counts.benignDetected++
  }
  if (label === 1) counts[detected ? 'truePositives' : 'falseNegatives']++
  else if (detected) counts.falsePositives++
}

/**
 * Counts the stretches of the scored types in a text: a labelled one is found when a detection of its type overlaps it,
 * a detection that overlaps none of its type is a false positive. Names, addresses, dates and other labels do not count,
 * and neither do detections of other types.
 */
export function countSpans(
  counts: Counts,
  labelled: readonly LabelledSpan[],
  detections: readonly Detection[],
): void {
  const expected = labelled.flatMap(({ type, start, end }) => {
    const scored = typesOfSpans[type]
    return scored ? [{ type: scored, start, end }] : []
  })
  const found = detections.flatMap(({ type, start, end }) =>
    scoredTypes.has(type) && start !== undefined && end !== undefined ? [{ type, start, end }] : [],
  )
  for (const span of expected) {
    counts[found.some((other) => overlap(span, other)) ? 'truePositives' : 'falseNegatives']++
  }
  const wrong = found.filter((span) => !expected.some((other) => overlap(span, other))).length
  counts.falsePositives += wrong
  if (expected.length > 0) return
  counts.benign++
  if (wrong > 0) counts.benignDetected++
}

interface TypedSpan {
  type: string
  start: number
  end: number
}

function overlap(one: TypedSpan, other: TypedSpan): boolean {
  return one.type === other.type && one.start < other.end && other.start < one.end
}

export function toScores(counts: Counts): Scores {
  const { truePositives, falsePositives, falseNegatives, benign, benignDetected } = counts
  const positives = truePositives + falseNegatives
  const counted = {
    // Without positives in the set a precision would say nothing but 0.
    precision: positives === 0 ? null : countOf(truePositives, truePositives + falsePositives),
    recall: countOf(truePositives, positives),
    falsePositiveRate: countOf(benignDetected, benign),
  }
  return {
    precision: shareOf(counted.precision),
    recall: shareOf(counted.recall),
    f1: positives === 0 ? null : (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
    falsePositiveRate: shareOf(counted.falsePositiveRate),
    counts: counted,
  }
}

function countOf(found: number, of: number): ShareCount | null {
  return of === 0 ? null : { found, of, ...wilsonInterval(found, of) }
}

function shareOf(counted: ShareCount | null): number | null {
  return counted && counted.found / counted.of
}
