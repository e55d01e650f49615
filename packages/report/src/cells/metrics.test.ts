import { expect, test } from 'vitest'

import { metricsCostOf } from '../__fixtures__/metrics.ts'
import { millionCells, percentileCells, percentileSources, recordingCells } from './metrics.ts'

test('the collector stands beside its limits, a peer has none', () => {
  const [, ours, peer] = millionCells(metricsCostOf())
  expect(ours).toEqual(['plumbline, record', 'over a day', '10.0', '20', '1,000', '2,000', 'holds'])
  expect(peer).toEqual(['prom-client', 'over a day', '100.0', '-', '5,000', '-', '-'])
})

test('what takes more than is allowed says so, in memory, time or error', () => {
  const cost = metricsCostOf()
  const { growthMb, cpuNsPerRecord, errorShare } = cost.limits
  for (const limits of [
    { growthMb: 9.9, cpuNsPerRecord, errorShare },
    { growthMb, cpuNsPerRecord: 999, errorShare },
  ])
    expect(millionCells({ ...cost, limits })[1]?.at(-1)).toBe('over the limit')
  const strict = { growthMb, cpuNsPerRecord, errorShare: 0.004 }
  expect(percentileCells({ ...cost, limits: strict })[1]?.at(-1)).toBe('over the limit')
})

test('the recorders stand beside each other with their interval', () => {
  expect(recordingCells(metricsCostOf()).slice(1)).toEqual([
    ['prom-client', '5,000', 'baseline', ''],
    ['prom-client again (A/A)', '5,000', '1.00 [0.98, 1.02]', 'no difference shown'],
    ['plumbline, record', '1,000', '0.20 [0.19, 0.21]', ''],
  ])
})

test('a set shows each percentile twice and its largest error, with where it comes from', () => {
  const [heading, row] = percentileCells(metricsCostOf())
  expect(heading).toEqual([
    'latencies',
    'n',
    'p50 exact ms',
    'shown ms',
    'p95 exact ms',
    'shown ms',
    'largest error',
    'verdict',
  ])
  expect(row).toEqual(['example', '1,000', '0.00125', '0.00125', '1,234,000', '1,240,000', '0.50 %', 'holds'])
  expect(percentileSources(metricsCostOf())).toEqual(['example: made up.'])
})
