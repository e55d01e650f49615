import { expect, test } from 'vitest'

import { median } from './bootstrap-median.ts'
import { pairedDifference } from './paired-difference.ts'
import { pairedRatio } from './paired-ratio.ts'
import { seededRandom } from './seeded-random.ts'

test('the ratio of a thing to itself is 1, with an interval of nothing', () => {
  const samples = [3, 5, 4, 8]
  expect(pairedRatio(samples, samples, seededRandom(1))).toEqual({ ratio: 1, low: 1, high: 1, n: 4 })
})

test('noise that both share does not widen the interval', () => {
  const noise = [1, 10, 2, 7, 30]
  const { ratio, low, high } = pairedRatio(
    noise.map((value) => value * 2),
    noise,
    seededRandom(1),
  )
  expect([ratio, low, high]).toEqual([2, 2, 2])
})

test('the interval holds the median and grows with the spread', () => {
  const { ratio, low, high } = pairedRatio([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], seededRandom(7))
  expect(ratio).toBe(3)
  expect(low).toBeLessThan(3)
  expect(high).toBeGreaterThan(3)
})

test('a seed gives the same numbers again, and lists that do not pair are refused', () => {
  const [one, other] = [seededRandom(5), seededRandom(5)]
  expect([one(), one(), one()]).toEqual([other(), other(), other()])
  expect(() => pairedRatio([1, 2, 3], [1, 2], Math.random)).toThrow(RangeError)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})

test('a difference is paired like a ratio, in the unit of its samples', () => {
  const samples = [3, 5, 4, 6]
  expect(
    pairedDifference(
      samples,
      samples.map((one) => one - 2),
      seededRandom(1),
    ),
  ).toEqual({ difference: 2, low: 2, high: 2, n: 4 })
  expect(() => pairedDifference([1, 2], [1, 2], seededRandom(1))).toThrow(RangeError)
})
