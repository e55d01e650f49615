import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BinCounts } from './bin-counts.ts'
import { FewCalls } from './few-calls.ts'
import { LatencyLog } from './latency-log.ts'
import { binsPerSeries, PackedBins } from './packed-bins.ts'

const maxSeries = 20

type Visit = (bin: number, count: number) => void

/** Everything that is visited, by `series * binsPerSeries + bin`; throws for bins of a series that do not ascend. */
function allOf(bins: { forEach(series: number, visit: Visit): void }): Map<number, number> {
  const counts = new Map<number, number>()
  for (let series = 0; series <= maxSeries; series++) {
    let before = -1
    bins.forEach(series, (bin, count) => {
      if (bin <= before) throw new Error(`${bin} after ${before}`)
      before = bin
      counts.set(series * binsPerSeries + bin, count)
    })
  }
  return counts
}

test('what was counted and packed comes back, whole and by series in ascending order', () => {
  const entry = fc.record({
    series: fc.nat({ max: maxSeries }),
    bin: fc.nat({ max: 6000 }),
    // Twice that fits into a count of 32 bits.
    count: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ series, bin }) => `${series} ${bin}` }), (entries) => {
      const expected = new Map(entries.map(({ series, bin, count }) => [series * binsPerSeries + bin, count]))
      const counts = new BinCounts()
      for (const { series, bin, count } of entries) counts.add(series, bin, count)
      expect(allOf(counts)).toEqual(expected)
      const packed = PackedBins.ofCounts(counts)
      expect(allOf(packed)).toEqual(expected)
      packed.unpackTo(counts)
      expect(allOf(counts)).toEqual(new Map([...expected].map(([code, count]) => [code, count * 2])))
    }),
  )
})

test('a log of calls packs to the counts of its calls, whichever way it is taken', () => {
  const call = fc.tuple(fc.nat({ max: 5600 }), fc.nat({ max: 3 }), fc.nat({ max: maxSeries }))
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      const expected = new Map<number, number>()
      for (const [bin, ...series] of calls) {
        for (const one of series) {
          const code = one * binsPerSeries + bin
          expected.set(code, (expected.get(code) ?? 0) + 1)
        }
      }
      const log = new LatencyLog(2)
      for (const [bin, ...series] of calls) log.add(bin, series)
      expect(allOf(PackedBins.ofLog(log))).toEqual(expected)
      const [counts, few] = [new BinCounts(), new BinCounts()]
      counts.addLog(log)
      expect(allOf(counts)).toEqual(expected)
      new FewCalls(log).unpackTo(few)
      expect(allOf(few)).toEqual(expected)
      log.clear()
      expect(allOf(PackedBins.ofLog(log))).toEqual(new Map())
    }),
  )
})

test('a series that was never packed is empty', () => {
  expect(allOf(PackedBins.ofCounts(new BinCounts()))).toEqual(new Map())
})
