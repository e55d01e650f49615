import type { MatchingRow } from '../cache-impact.ts'
import { formatCount, formatShareRange } from '../figures.ts'

/** Matching on labelled pairs, the heading first: pairs, those that ask the same, hits, wrong hits and the interval of their share. */
export function matchingCells(rows: readonly MatchingRow[]): string[][] {
  return [
    ['pairs', 'matching', 'ask the same', 'hits', 'wrong hits', 'wrong, 95 % interval'],
    ...rows.map(({ name, pairs, samePairs, matching, hits, wrongHits, wrongShare }) => [
      `${name} (${formatCount(pairs)})`,
      matching,
      formatCount(samePairs),
      formatCount(hits),
      formatCount(wrongHits),
      formatShareRange(wrongShare),
    ]),
  ]
}
