import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { callLabels, readUsage, type CallFilter } from '@plumbline/core/ledger'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { makeCall, someCalls, write } from './__fixtures__/calls.ts'
import { ranges, type RangeName } from './ranges.ts'
import { createOverviewReader, type OverviewQuery } from './read-overview.ts'

const nowMs = Date.UTC(2026, 10, 29, 14, 7, 33, 456)
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-overview-'))
  path = join(folder, 'calls.ledger')
})
afterEach(() => rmSync(folder, { recursive: true }))

const query = (range: RangeName = '1h', filter: CallFilter = {}): OverviewQuery => ({ range, filter, nowMs })

test.each(['15m', '1h', '24h', '7d'] as const)(
  'of %s the totals are those of usage, and the buckets add up to them',
  async (range) => {
    const { ms } = ranges[range]
    const edges = [ms, ms + 1, ms - 1, 1].map((ageMs) => makeCall({ timestamp: nowMs - ageMs }))
    await write(path, [...someCalls(nowMs), ...edges])
    const overview = await createOverviewReader(path)(query(range))
    for (const by of callLabels) {
      const { total, groups } = readUsage({ path, sinceMs: nowMs - ms, by })
      const { successRate: _, ...figures } = total
      expect(overview.total).toMatchObject(figures)
      for (const { value, successRate: __, ...group } of groups) {
        expect(overview.groups[by].find((one) => one.value === value)).toMatchObject(group)
      }
      expect(overview.groups[by].length).toBe(groups.length)
    }
    const sumOf = (of: (bucket: (typeof overview.buckets)[number]) => number): number =>
      overview.buckets.reduce((sum, bucket) => sum + of(bucket), 0)
    expect(sumOf(({ figures }) => figures.totalCalls)).toBe(overview.total.totalCalls)
    expect(
      sumOf(({ costNanoUsdByModel }) => Object.values(costNanoUsdByModel).reduce((a, b) => a + b, 0)),
    ).toBe(overview.total.costNanoUsd)
    expect(sumOf(({ blocksByRule }) => blocksByRule['injection'] ?? 0)).toBe(
      overview.blocksByRule['injection'] ?? 0,
    )
    expect(
      overview.buckets.every(
        ({ startMs }, index, all) => startMs === (all[0]?.startMs ?? 0) + index * overview.bucketMs,
      ),
    ).toBe(true)
  },
)

test('an old look does not show: what is written, deleted or put in the place of the file is seen at the next one', async () => {
  await write(path, someCalls(nowMs))
  const read = createOverviewReader(path)
  const look = async (): Promise<void> => {
    const asked = [query('15m'), query('1h'), query('1h', { tenant: 'tenant-1' }), query('7d')]
    for (const one of asked) expect(await read(one)).toEqual(await createOverviewReader(path)(one))
  }
  await look()
  // One that took long, written after others that started later.
  await write(path, [
    makeCall({ timestamp: nowMs - 600_000, tenant: 'tenant-1' }),
    makeCall({ timestamp: nowMs - 1 }),
  ])
  await look()
  // Those of a tenant who is to be forgotten, the oldest, and the newest, whose number the next one gets again.
  for (const which of ["tenant = 'tenant-1'", 'seq < 100', 'seq > 200']) {
    const database = new DatabaseSync(path)
    database.exec(`DELETE FROM calls WHERE ${which}`)
    database.close()
    await look()
  }
  await write(path, [makeCall({ timestamp: nowMs - 1 })])
  await look()
  const other = join(folder, 'other.ledger')
  await write(other, someCalls(nowMs + 30_000))
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  renameSync(other, path)
  await look()
})

test('a filter narrows everything but the choices; the newest calls come first', async () => {
  await write(path, someCalls(nowMs))
  const { total, groups, choices, calls } = await createOverviewReader(path)(
    query('1h', { tenant: 'tenant-2', build: 'langchain' }),
  )
  expect(total.totalCalls).toBeGreaterThan(0)
  expect(groups.tenant.map(({ value }) => value)).toEqual(['tenant-2'])
  expect(choices.tenant).toEqual({ count: 3, values: ['tenant-0', 'tenant-1', 'tenant-2'] })
  expect(calls.every(({ tenant, build }) => tenant === 'tenant-2' && build === 'langchain')).toBe(true)
  expect(calls.map(({ timestamp }) => timestamp)).toEqual(
    calls.map(({ timestamp }) => timestamp).toSorted((a, b) => b - a),
  )
})

test('an empty ledger has figures of nothing; without one it says so, and goes on when it is there', async () => {
  const read = createOverviewReader(path)
  await expect(read(query())).rejects.toMatchObject({ code: 'missing' })
  await write(path, [])
  expect(await read(query())).toMatchObject({
    total: { totalCalls: 0, p95LatencyMs: null, hitRate: 0 },
    calls: [],
    lastCallMs: null,
  })
})
