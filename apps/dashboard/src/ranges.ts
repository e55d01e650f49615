/** How far back the page looks, and how wide the buckets of its charts are, in ms. */
export const ranges = {
  '15m': { label: '15 min', ms: 15 * 60_000, bucketMs: 15_000 },
  '1h': { label: '1 h', ms: 3_600_000, bucketMs: 60_000 },
  '24h': { label: '24 h', ms: 86_400_000, bucketMs: 15 * 60_000 },
  '7d': { label: '7 d', ms: 7 * 86_400_000, bucketMs: 2 * 3_600_000 },
} as const

export type RangeName = keyof typeof ranges
export const rangeNames = Object.keys(ranges) as RangeName[] // Its own keys.

/** The range of a name; undefined for any other text. */
export function rangeOf(text: string): RangeName | undefined {
  return rangeNames.find((name) => name === text)
}
