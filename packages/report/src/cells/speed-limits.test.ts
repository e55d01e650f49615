import { expect, test } from 'vitest'

import { fullReport } from '../__fixtures__/report.ts'
import { speedLimitRows } from '../speed-limits.ts'
import { speedLimitCells } from './speed-limits.ts'

const between = (low: number, value: number, high: number) => {
  const report = fullReport()
  const row = {
    name: 'scratch, every stage',
    baseline: 'sdk',
    cpuUsPerCall: 1,
    noDifferenceShown: false,
    samples: [1],
  }
  const setting = { id: 'in-process' as const, name: 'in process', atOnce: 1, rounds: 3, callsPerRound: 2 }
  const settings = [{ ...setting, rows: [{ ...row, ratio: { ratio: value, low, high, n: 3 } }] }]
  return report.overhead ? { ...report, overhead: { ...report.overhead, settings } } : report
}

test('a figure stands beside its limit, and says on which side its interval lies', () => {
  expect(speedLimitCells(between(1.1, 1.2, 1.3))[1]).toEqual([
    'scratch, every stage, in process, to the SDK with a signal and a timer',
    '1.20 [1.10, 1.30]',
    '1.4 x CPU',
    '1.2 x CPU',
    'holds',
  ])
  expect(speedLimitCells(between(1.3, 1.39, 1.5))[1]?.at(-1)).toBe('holds; the interval spans the limit')
  expect(speedLimitCells(between(1.3, 1.41, 1.5))[1]?.at(-1)).toBe('over; the interval spans the limit')
  expect(speedLimitCells(between(1.41, 1.6, 1.7))[1]?.at(-1)).toBe('over the limit')
})

test('what was not run is not measured, and never a zero', () => {
  const { overhead: _, streaming: __, footprint: ___, ...bare } = fullReport()
  expect(speedLimitRows(bare).every(({ measured }) => measured === undefined)).toBe(true)
  expect(
    speedLimitCells(bare)
      .slice(1)
      .map((cells) => [cells[1], cells[4]]),
  ).toEqual(speedLimitRows(bare).map(() => ['-', 'not measured']))
})
