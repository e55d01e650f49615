import { decide, defaultCriteria } from '@plumbline/decide'
import { expect, test } from 'vitest'

import { changeCostOf, footprintOf } from './__fixtures__/footprint.ts'
import { fullReport } from './__fixtures__/report.ts'
import { toEvidence } from './evidence.ts'

const whole = { ...fullReport(), footprint: footprintOf(), changeCost: changeCostOf() }

function valueOf(metric: string, option: string): number | undefined {
  return toEvidence([whole]).measurements.find((one) => one.metric === metric && one.option === option)?.value
}

test('figures of the report become evidence as they stand there', () => {
  expect(valueOf('footprint.packages', 'scratch')).toBe(2)
  expect(valueOf('footprint.bundleGzipKb', 'langchain')).toBe(40)
  expect(valueOf('footprint.ownLines', 'scratch')).toBe(107)
  expect(valueOf('changeCost.tool-loop.lines', 'scratch')).toBe(62)
  expect(valueOf('changeCost.tool-loop.lines', 'langchain')).toBe(7)
})

test('every metric of the report that the criteria read is there for both builds, and nothing else is made up', () => {
  const { measurements } = toEvidence([whole])
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
  const { measurements } = toEvidence([newer, whole])
  expect(measurements.some(({ metric }) => metric === 'footprint.packages')).toBe(true)
  expect(toEvidence([newer]).measurements.some(({ metric }) => metric === 'footprint.packages')).toBe(false)
})

test('advice names where each of its figures is in the report', () => {
  for (const { first, second } of decide(toEvidence([whole])).drivers) {
    for (const { source } of [first, second])
      expect(source).toMatch(/^(footprint|change-cost|cache-impact|overhead|faults|conformance), /)
  }
})
