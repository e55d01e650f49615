import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latencyBin, LatencySketch } from './sketch.ts'

const quantiles = [0.5, 0.95, 0.99]
const latency = fc.oneof(
  fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
  fc.double({ min: 0.5, max: 60_000, noNaN: true }),
  fc.constantFrom(0, 1, 0.99, 1.01, 1000),
)
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 })

function nearestRank(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.ceil(quantile * sorted.length) - 1]
  if (value === undefined) throw new Error('no values')
  return value
}

function sketchOf(values: readonly number[]): LatencySketch {
  const sketch = new LatencySketch()
  for (const value of values) sketch.add(value)
  return sketch
}

describe('LatencySketch', () => {
  test('every percentile is within 0.5 % of the nearest rank, on any distribution', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const sketch = sketchOf(values)
        for (const quantile of quantiles) {
          const exact = nearestRank(values, quantile)
          // A billionth of slack: the bin's edge itself is a rounded logarithm.
          expect(Math.abs(sketch.quantile(quantile) - exact)).toBeLessThanOrEqual(exact * (0.005 + 1e-9))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a merged sketch equals the sketch of all latencies', () => {
    fc.assert(
      fc.property(latencies, latencies, (left, right) => {
        const merged = sketchOf(left)
        merged.merge(sketchOf(right))
        const whole = sketchOf([...left, ...right])
        expect(merged.count).toBe(whole.count)
        for (const quantile of quantiles) expect(merged.quantile(quantile)).toBe(whole.quantile(quantile))
      }),
    )
  })

  test('latencies up to exactly one millisecond survive a merge', () => {
    const merged = sketchOf([0.0001])
    merged.merge(sketchOf([0.5, 1, 1, 1, 1]))
    expect(merged.quantile(0.95)).toBeCloseTo(1, 2)
  })

  test('an empty sketch answers zero', () => {
    expect(new LatencySketch().quantile(0.95)).toBe(0)
  })

  test('what is no latency counts as zero, and the number of bins is bounded', () => {
    for (const value of [0, -1, NaN, -Infinity, 5e-324]) expect(latencyBin(value)).toBe(0)
    expect(latencyBin(Infinity)).toBe(latencyBin(1e15))
    expect(latencyBin(Infinity)).toBeLessThan(5600)
    expect(latencyBin(1e-9)).toBe(1)
  })
})
