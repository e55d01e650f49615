import { expect, test } from 'vitest'

import { fullReport } from '../__fixtures__/report.ts'
import { stageCostCells } from './stage-costs.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

const row = (name: string, difference: number) => ({
  name,
  baseline: 'another',
  cpuUsPerCall: 100,
  addedUs: { difference, low: difference - 1, high: difference + 1, n: 10 },
  noDifferenceShown: false,
  samples: [100],
})

test('a stage has one row, with what it adds in each build', () => {
  const report = fullReport()
  const { overhead } = report
  if (!overhead) throw new Error('The fixture has no overhead.')
  const rows = [
    row('scratch, no stage', 10),
    row('scratch + guardrails', 20),
    row('scratch, every stage', 50),
    row('langchain, no stage', 30),
    row('langchain + guardrails', 40),
  ]
  const setting = { id: 'in-process' as const, name: 'in process', atOnce: 1, rounds: 3, callsPerRound: 2 }
  expect(stageCostCells({ ...report, overhead: { ...overhead, settings: [{ ...setting, rows }] } })).toEqual([
    ['added us of CPU per call', 'scratch', 'langchain'],
    ['no stage, to what it is built on', '10 [9, 11]', '30 [29, 31]'],
    ['+ guardrails, to no stage', '20 [19, 21]', '40 [39, 41]'],
    ['every stage, to what it is built on', '50 [49, 51]', '-'],
    ['every stage, a cache hit', '-', '-'],
  ])
})

test('a report without stages has no such table', () => {
  const { overhead: _, ...bare } = fullReport()
  expect(stageCostCells(bare)).toEqual([])
})
