import { expect, test } from 'vitest'

import { fullReport, staleReport } from './__fixtures__/report.ts'
import { headline, headlineText } from './headline.ts'

test('the headline is the range over traces and both builds, never the best one', () => {
  const found = headline([fullReport(), staleReport()])
  expect(found?.traces).toBe(3)
  expect(found?.savedShare.low).toBeCloseTo(0.04)
  expect(found?.savedShare.high).toBeCloseTo(1 - 835 / 1400)
  expect(found?.cacheableShare).toEqual({ low: 0.4, high: 1 })
  expect(new Set(found?.of.map(({ entrant }) => entrant))).toEqual(new Set(['scratch', 'langchain']))
  expect(found && headlineText(found)).toBe(
    'The caches save 4.0 % to 40.4 % of the cost over 3 traces, in both builds. The default policy may cache 40.0 % to 100.0 % of their requests.',
  )
})

test('embeddings count where the trace embeds, and only there', () => {
  const settings = headline([fullReport()])?.of.map(({ trace, setting }) => `${trace}: ${setting}`)
  expect(new Set(settings)).toEqual(
    new Set(['built-in workload: exact + embeddings', 'example-queries.csv: exact']),
  )
})

test('a trace in two reports counts once, from the first', () => {
  const later = fullReport()
  for (const row of later.cacheImpact?.traces[0]?.settings ?? []) row.costNanoUsd = 1
  expect(headline([fullReport(), later])).toEqual(headline([fullReport()]))
  // Longer or shorter, it is the same by its name.
  for (const { trace } of later.cacheImpact?.traces ?? []) trace.sha256 = 'd'.repeat(64)
  expect(headline([fullReport(), later])).toEqual(headline([fullReport()]))
})

test('there is no headline without a trace of a build', () => {
  const { cacheImpact: _, ...bare } = fullReport()
  expect(headline([])).toBeUndefined()
  expect(headline([bare])).toBeUndefined()
})
