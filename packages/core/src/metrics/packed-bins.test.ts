import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatencyLog } from './latency-log.ts'
import { binsPerSeries, PackedBins } from './packed-bins.ts'

test('what was packed comes back, whole and by series in ascending order', () => {
  const entry = fc.record({
    series: fc.nat({ max: 20 }),
    bin: fc.nat({ max: 6000 }),
    count: fc.integer({ min: 1, max: 2 ** 40 }),
  })
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const counts = new Map(entries.map(({ series, bin, count }) => [series * binsPerSeries + bin, count]))
      const packed = PackedBins.ofCounts(counts)
      expect(packed.unpack()).toEqual(counts)
      for (let series = 0; series <= 20; series++) {
        const bins: number[] = []
        packed.forEach(series, (bin, count) => {
          expect(counts.get(series * binsPerSeries + bin)).toBe(count)
          bins.push(bin)
        })
        expect(bins).toEqual([...new Set(bins)].sort((a, b) => a - b))
      }
    }),
  )
})

test('a log of calls packs to the counts of its calls', () => {
  const call = fc.tuple(fc.nat({ max: 5600 }), fc.nat({ max: 3 }), fc.nat({ max: 20 }))
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      const counts = new Map<number, number>()
      for (const [bin, ...series] of calls) {
        for (const one of series) {
          const code = one * binsPerSeries + bin
          counts.set(code, (counts.get(code) ?? 0) + 1)
        }
      }
      const log = new LatencyLog(2)
      for (const [bin, ...series] of calls) log.add(bin, series)
      expect(PackedBins.ofLog(log).unpack()).toEqual(counts)
      log.clear()
      expect(PackedBins.ofLog(log).unpack()).toEqual(new Map())
    }),
  )
})

test('a series that was never packed is empty', () => {
  const visited: number[] = []
  PackedBins.ofCounts(new Map()).forEach(7, (bin) => visited.push(bin))
  expect(visited).toEqual([])
})
