import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { csvHeader, toCsvLine } from '@plumbline/core/export'
import { afterAll, expect, test } from 'vitest'

import { nearestRank } from '../method/nearest-rank.ts'
import { TraceError } from '../traces/trace-error.ts'
import { labelledCalls } from './labelled-calls.ts'
import { comparePercentiles } from './percentile-error.ts'
import { readLatencies } from './read-latencies.ts'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-latencies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('latencies are read from lines, from a column, and from what the CSV export writes', () => {
  expect(readLatencies(fileOf('a.txt', '1\n2.5\n\n0\n')).latenciesMs).toEqual([1, 2.5, 0])
  expect(readLatencies(fileOf('a.gz', gzipSync('7\n'))).latenciesMs).toEqual([7])
  expect(readLatencies(fileOf('b.csv', 'at,took\r\n1,30\r\n2,40\r\n'), 'took').latenciesMs).toEqual([30, 40])
  const calls = labelledCalls(1).slice(0, 5)
  const exported = fileOf('c.csv', csvHeader + calls.map(toCsvLine).join(''))
  expect(readLatencies(exported).latenciesMs).toEqual(calls.map(({ latencyMs }) => latencyMs))
})

test.each([
  ['bad.txt', '1\nfast\n', /bad\.txt:2: expected a number in ms of at least 0, found "fast"/],
  ['negative.txt', '-1\n', /negative\.txt:1: expected a number in ms of at least 0/],
  ['empty.txt', '\n', /empty\.txt:1: expected a number in ms, found nothing/],
  ['head.csv', 'latency_ms\n', /head\.csv:2: expected a number in ms, found nothing/],
  ['other.csv', 'at,took\n1,2\n', /other\.csv:1: expected a number in ms, or a heading with latency_ms/],
  ['gap.csv', 'id,latency_ms\n1,\n', /gap\.csv:2: expected a number in ms of at least 0/],
])('%s is refused with its line', (name, content, message) => {
  const read = () => readLatencies(fileOf(name, content))
  expect(read).toThrow(TraceError)
  expect(read).toThrow(message)
})

test('nearest rank is the smallest value that the share does not exceed', () => {
  expect([0.5, 0.95, 0.99, 1].map((quantile) => nearestRank([1, 2, 3, 4], quantile))).toEqual([2, 4, 4, 4])
})

test('the collector is compared with the exact percentiles, and an error shows', () => {
  const [call] = labelledCalls(1)
  if (call === undefined) throw new Error('no call')
  const latenciesMs = Array.from({ length: 1_000 }, (_, index) => index + 1)
  const { n, quantiles } = comparePercentiles({ name: 'one to a thousand', what: '', latenciesMs }, call)
  expect(n).toBe(1_000)
  expect(quantiles.map(({ exactMs }) => exactMs)).toEqual([500, 950, 990])
  for (const { exactMs, shownMs, errorShare } of quantiles) {
    expect(errorShare).toBeCloseTo(Math.abs(shownMs - exactMs) / exactMs, 12)
    expect(errorShare).toBeLessThan(0.01)
  }
})
