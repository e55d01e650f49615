import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { array, assert, asyncProperty, constantFrom, nat, option, record } from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { makeCall, makeHit } from '../metrics/__fixtures__/calls.ts'
import { MetricsCollector } from '../metrics/collector.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { callLabels } from './call-labels.ts'
import { mergeCallSums } from './call-sums.ts'
import { openLedgerReader, type LedgerReader } from './ledger-reader.ts'
import { ledgerApplicationId, ledgerMigrations } from './schema.ts'
import { openLedger } from './sqlite-ledger.ts'
import { readUsage } from './usage.ts'

const startMs = Date.UTC(2026, 10, 23, 12)
const all = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-reader-'))
  path = join(folder, 'calls.ledger')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function write(calls: readonly LLMCallMetrics[]): Promise<void> {
  const ledger = openLedger({ path })
  for (const call of calls) ledger.record(call)
  await ledger.close()
}

function read<T>(ask: (reader: LedgerReader) => T): T {
  const reader = openLedgerReader(path)
  try {
    return ask(reader)
  } finally {
    reader.close()
  }
}

test('sums, whole and in stretches put together, are those of usage and of the collector', async () => {
  const label = constantFrom('a', 'b', 'constructor', '')
  const call = record({
    model: label,
    endpoint: option(label, { nil: undefined }),
    outcome: constantFrom('success' as const, 'blocked' as const, 'cancelled' as const, 'error' as const),
    costNanoUsd: nat(),
    isHit: constantFrom(true, false),
    latencyMs: nat(9999),
    ageMs: nat(3000),
    timeToFirstChunkMs: nat(99),
  })
  await assert(
    asyncProperty(array(call, { maxLength: 60 }), async (made) => {
      rmSync(path, { force: true })
      const metrics = new MetricsCollector()
      const now = Date.now()
      const calls = made.map(({ isHit, endpoint, ageMs, ...changes }) => ({
        ...(isHit ? makeHit({ model: changes.model, outcome: changes.outcome }) : makeCall(changes)),
        ...(endpoint !== undefined && { endpoint }),
        success: changes.outcome === 'success',
        timestamp: now - ageMs,
      }))
      for (const one of calls) metrics.record(one)
      await write(calls)
      const { total: counted } = { total: metrics.summary({ lastHours: 1 }) }
      read((reader) => {
        const whole = reader.sumUp(all)
        const stretches = [0, 1000, 2000, 3000].map((ageMs) =>
          reader.sumUp({ fromMs: now - ageMs, toMs: now - ageMs + 1000 }),
        )
        for (const { total } of [whole, mergeCallSums(stretches)]) {
          expect(total.figures()).toMatchObject({
            totalCalls: counted.totalCalls,
            failed: counted.failed,
            attempts: counted.attempts,
            savedTokens: counted.savedTokens,
            costNanoUsd: counted.costNanoUsd,
            p99LatencyMs: counted.providerCalls > 0 ? counted.p99LatencyMs : null,
          })
        }
        for (const by of callLabels) {
          const { groups } = readUsage({ path, by })
          for (const { value, successRate, p50LatencyMs, p95LatencyMs, ...usage } of groups) {
            const figures = whole.byLabel[by].get(value)?.figures()
            expect(figures).toMatchObject(usage)
            expect(figures?.p50LatencyMs ?? 0).toBe(p50LatencyMs)
            expect(figures?.p95LatencyMs ?? 0).toBe(p95LatencyMs)
            const judged = usage.totalCalls - usage.blocked - usage.cancelled
            expect(figures?.errorRate).toBeCloseTo(judged > 0 ? 1 - successRate : 0, 12)
          }
          expect(whole.byLabel[by].size).toBe(groups.length)
        }
      })
    }),
    { numRuns: 30 },
  )
})

test('a range takes its first moment and not its last; a filter takes what has all of its values', async () => {
  await write([
    makeCall({ timestamp: startMs, tenant: 'a', endpoint: 'faq', build: 'scratch' }),
    makeCall({
      timestamp: startMs + 1,
      tenant: 'a',
      blockedBy: 'injection',
      outcome: 'blocked',
      attempts: 0,
    }),
    makeCall({ timestamp: startMs + 2, tenant: 'b', endpoint: 'faq' }),
  ])
  const count = (range: object): number =>
    read((reader) => reader.sumUp({ ...all, ...range }).total.figures().totalCalls)
  expect(count({ fromMs: startMs, toMs: startMs + 2 })).toBe(2)
  expect(count({ filter: { tenant: 'a' } })).toBe(2)
  expect(count({ filter: { tenant: 'a', endpoint: '(none)' } })).toBe(1)
  expect(count({ filter: { build: 'scratch' } })).toBe(1)
  expect(count({ filter: { tenant: "' OR 1=1 --" } })).toBe(0)
  expect(read((reader) => [...reader.sumUp(all).blocksByRule])).toEqual([['injection', 1]])
})

test('pages hold every call once, in the order they started, whatever the order they were written in', async () => {
  const calls = [5, 3, 3, 3, 9, 1, 3].map((at, index) =>
    makeCall({ id: `${index}`, timestamp: startMs + at }),
  )
  await write(calls)
  read((reader) => {
    const ids: string[] = []
    let next: ReturnType<LedgerReader['page']>['next']
    do {
      const page = reader.page(all, 2, next)
      ids.push(...page.calls.map(({ id }) => id))
      next = page.next
    } while (next !== undefined)
    expect(ids.join('')).toBe('5123604')
    expect(reader.newest(all, 3).map(({ id }) => id)).toEqual(['4', '0', '6'])
    expect(reader.extent()).toEqual({ calls: 7, lastSeq: 7, lastMs: startMs + 9 })
    expect(reader.startsAfter(5)).toEqual([startMs + 1, startMs + 3])
  })
})

test('a reader stays at its moment while others write', async () => {
  await write([makeCall()])
  const reader = openLedgerReader(path)
  expect(reader.extent()?.lastSeq).toBe(1)
  await write([makeCall()])
  expect(reader.sumUp(all).total.figures().totalCalls).toBe(1)
  reader.close()
  expect(read((later) => later.extent()?.lastSeq)).toBe(2)
})

test('an empty ledger has no extent; one of version 1 is read, and not changed', async () => {
  await write([])
  expect(read((reader) => reader.extent())).toBeUndefined()
  rmSync(path)
  const database = new DatabaseSync(path)
  database.exec(
    `${ledgerMigrations[0]}; PRAGMA application_id = ${ledgerApplicationId}; PRAGMA user_version = 1`,
  )
  database.exec(`INSERT INTO calls VALUES (1, 'one', ${startMs}, 'chat', 0, 'openai', 'gpt-4o', 'acme', NULL, NULL, 100, NULL, NULL,
    10, 0, 5, 0, 0, 1, 'success', NULL, NULL, NULL, NULL, 'miss', 1, 75000, 0, 0, 'published', 'test')`)
  expect(read((reader) => [...reader.sumUp(all).byLabel.build.keys()])).toEqual(['(none)'])
  expect(read((reader) => reader.newest(all, 1))).toMatchObject([{ id: 'one', costNanoUsd: 75_000 }])
  expect(readUsage({ path, by: 'build' }).groups).toMatchObject([{ value: '(none)', totalCalls: 1 }])
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  database.close()
})
