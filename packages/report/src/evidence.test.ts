import { decide, defaultCriteria } from '@plumbline/decide'
import { expect, test } from 'vitest'

import { changeCostOf, footprintOf } from './__fixtures__/footprint.ts'
import { fullReport } from './__fixtures__/report.ts'
import { toEvidence } from './evidence.ts'
import type { Report } from './report.ts'

const whole = { ...fullReport(), footprint: footprintOf(), changeCost: changeCostOf() }

function valueOf(metric: string, option: string): number | undefined {
  return toEvidence(whole).measurements.find((one) => one.metric === metric && one.option === option)?.value
}

test('figures of the report become evidence as they stand there', () => {
  expect(valueOf('footprint.packages', 'scratch')).toBe(2)
  expect(valueOf('footprint.bundleGzipKb', 'langchain')).toBe(40)
  expect(valueOf('footprint.ownLines', 'scratch')).toBe(107)
  expect(valueOf('changeCost.tool-loop.lines', 'scratch')).toBe(62)
  expect(valueOf('changeCost.tool-loop.lines', 'langchain')).toBe(7)
})

test('every metric of the report that the criteria read is there for both builds, and nothing else is made up', () => {
  const { measurements } = toEvidence(whole)
  const found = new Set(measurements.map(({ metric, option }) => `${metric} ${option}`))
  const missing = defaultCriteria.filter(
    ({ metric }) => !found.has(`${metric} scratch`) || !found.has(`${metric} langchain`),
  )
  // One change of six is in the report; releases are measured nowhere.
  expect(missing.map(({ id }) => id)).toEqual([
    'change-cache-store',
    'change-second-provider',
    'change-structured-output',
    'change-retrieval',
    'change-sdk-major',
    'releases',
  ])
})

test('a section that a report lacks comes from the next one', () => {
  const { footprint: _, ...newer } = whole
  const { measurements } = toEvidence(newer, { recorded: [whole] })
  expect(measurements.some(({ metric }) => metric === 'footprint.packages')).toBe(true)
  expect(toEvidence(newer).measurements.some(({ metric }) => metric === 'footprint.packages')).toBe(false)
})

test('a figure of an earlier run carries its day, and says so where its sources have changed', () => {
  const { changeCost: _, ...newer } = whole
  const older = { ...whole, endedAt: '2025-12-24T10:00:00.000Z' }
  const changed = { ...older, environment: { ...older.environment, inputsHash: '9'.repeat(64) } }
  const lines = (recorded: Report) =>
    toEvidence(newer, { recorded: [recorded] }).measurements.find(
      ({ metric }) => metric === 'changeCost.tool-loop.lines',
    )
  expect(lines(older)).toMatchObject({ value: 62, recorded: '2025-12-24' })
  expect(lines(older)).not.toHaveProperty('stale')
  expect(lines(changed)).toMatchObject({ value: 62, recorded: '2025-12-24', stale: true })
  const { sources = [], measurements } = toEvidence(newer, { recorded: [changed] })
  expect(sources.filter(({ recorded }) => recorded).map(({ name }) => name)).toEqual(['change-cost'])
  expect(
    measurements.filter(({ recorded }) => recorded).every(({ source }) => source.startsWith('change-cost')),
  ).toBe(true)
})

test('what is saved over several runs is stale as soon as one of them is', () => {
  const { cacheImpact } = whole
  const [trace] = cacheImpact?.traces ?? []
  if (cacheImpact === undefined || trace === undefined) throw new Error('The fixture has no trace.')
  const older: Report = {
    ...whole,
    environment: { ...whole.environment, inputsHash: '9'.repeat(64) },
    cacheImpact: {
      ...cacheImpact,
      traces: [{ ...trace, trace: { ...trace.trace, name: 'another' } }],
    },
  }
  const saved = (recorded: Report[]) =>
    toEvidence(whole, { recorded }).measurements.find(({ metric }) => metric === 'cacheImpact.costSaved')
  expect(saved([])).not.toHaveProperty('stale')
  expect(saved([older])).toMatchObject({ stale: true })
})

test('without a report of its own everything is recorded, and held to the sources of today', () => {
  const { sources = [] } = toEvidence(undefined, { recorded: [whole], inputsHash: '9'.repeat(64) })
  expect(sources).toHaveLength(6)
  expect(sources.every(({ recorded, stale }) => recorded && stale)).toBe(true)
})

test('advice names where each of its figures is in the report', () => {
  for (const { first, second } of decide(toEvidence(whole)).drivers) {
    for (const { source } of [first, second])
      expect(source).toMatch(/^(footprint|change-cost|cache-impact|overhead|faults|conformance), /)
  }
})
