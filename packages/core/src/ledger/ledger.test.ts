import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { array, assert, asyncProperty, constantFrom, double, nat, option, record, string } from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { makeCall, makeClock, makeHit } from '../metrics/__fixtures__/calls.ts'
import { MetricsCollector } from '../metrics/collector.ts'
import { createEmitter } from '../metrics/emit.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { LedgerError } from './ledger-error.ts'
import { readCalls } from './read-calls.ts'
import { ledgerMigrations, migrate } from './schema.ts'
import { openLedger } from './sqlite-ledger.ts'
import { readUsage } from './usage.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-ledger-'))
  path = join(folder, 'calls.ledger')
})
afterEach(() => rmSync(folder, { recursive: true }))

function read(): LLMCallMetrics[] {
  const calls: LLMCallMetrics[] = []
  readCalls({ path }, (call) => calls.push(call))
  return calls
}

function codeOf(run: () => unknown): unknown {
  try {
    run()
    return 'no error'
  } catch (error) {
    return error instanceof LedgerError ? error.code : error
  }
}

describe('openLedger', () => {
  test('a record is read back as it was, whatever its labels and figures are', async () => {
    const text = string({ unit: 'binary' })
    const optional = { endpoint: text, promptVersion: text, fallbackModel: text, blockedBy: text }
    const call = record(
      {
        model: text,
        tenant: text,
        stream: constantFrom(true, false),
        latencyMs: double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
        costNanoUsd: nat(),
        savedNanoUsd: nat({ max: Number.MAX_SAFE_INTEGER }),
        inputTokens: nat(),
        ...optional,
        error: record({ name: text, code: text }),
        timeToFirstChunkMs: nat(),
      },
      {
        requiredKeys: [
          'model',
          'tenant',
          'stream',
          'latencyMs',
          'costNanoUsd',
          'savedNanoUsd',
          'inputTokens',
        ],
      },
    )
    await assert(
      asyncProperty(array(call, { minLength: 1, maxLength: 20 }), async (changes) => {
        rmSync(path, { force: true })
        const calls = changes.map((change) => makeCall(change))
        const ledger = openLedger({ path })
        for (const one of calls) ledger.record(one)
        await ledger.close()
        expect(read()).toEqual(calls)
      }),
      { numRuns: 30 },
    )
  })

  test('figures that are none are kept as 0, and do not fail the batch they are in', async () => {
    const ledger = openLedger({ path })
    ledger.record(makeCall({ latencyMs: Number.NaN, costNanoUsd: -1, inputTokens: Infinity }))
    ledger.record(makeCall({ id: 'call-2', tenant: '\u{D800}\0' }))
    await ledger.close()
    expect(read()).toMatchObject([{ latencyMs: 0, costNanoUsd: 0, inputTokens: 0 }, { id: 'call-2' }])
  })

  test('a flush has kept all that came before it; nobody else needs to ask', async () => {
    let fire: (() => void) | undefined
    const clock = {
      ...makeClock(),
      setTimer: (_ms: number, callback: () => void) => ((fire = callback), () => {}),
    }
    const ledger = openLedger({ path, clock })
    for (let i = 0; i < 250; i++) ledger.record(makeCall({ id: `call-${i}` }))
    await ledger.flush()
    expect(read().length).toBe(250)
    ledger.record(makeCall())
    expect(read().length).toBe(250)
    fire?.()
    expect(read().length).toBe(251)
    await ledger.close()
  })

  test('a queue that is full refuses, which the emitter counts as a loss', async () => {
    const ledger = openLedger({ path, maxQueuedRecords: 3 })
    const metrics = new MetricsCollector()
    const emitter = createEmitter({ metrics, ledger })
    for (let i = 0; i < 5; i++) emitter.emit(makeCall({ timestamp: Date.now() }))
    expect([metrics.summary().totalCalls, metrics.summary().losses]).toEqual([5, { ledger: 2 }])
    await ledger.flush()
    emitter.emit(makeCall())
    await ledger.close()
    emitter.emit(makeCall())
    expect([read().length, metrics.summary().losses]).toEqual([4, { ledger: 3 }])
  })

  test('while another process writes, records wait, flush rejects and the ledger says that it is not well', async () => {
    const ledger = openLedger({ path })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    ledger.record(makeCall())
    await expect(ledger.flush()).rejects.toThrow('locked')
    await expect(ledger.ping()).rejects.toThrow('locked')
    other.exec('COMMIT')
    other.close()
    await ledger.flush()
    await ledger.ping()
    expect(read().length).toBe(1)
    await ledger.close()
    await ledger.close()
    await expect(ledger.ping()).rejects.toThrow('closed')
  })

  test('it is not well when its file is deleted, or another one stands in its place', async () => {
    const ledger = openLedger({ path })
    await ledger.ping()
    const moved = `${path}.moved`
    renameSync(path, moved)
    await expect(ledger.ping()).rejects.toMatchObject({ code: 'missing' })
    writeFileSync(path, '')
    await expect(ledger.ping()).rejects.toMatchObject({ code: 'missing' })
    renameSync(moved, path)
    await ledger.ping()
    await ledger.close()
  })

  test('what is past retention goes as new calls come, and nothing else', async () => {
    const clock = makeClock()
    const day = 86_400_000
    const ledger = openLedger({ path, clock, retentionDays: 30 })
    for (const age of [40, 31, 30, 29, 0]) {
      ledger.record(makeCall({ id: `${age} days`, timestamp: clock.now() - age * day }))
    }
    await ledger.flush()
    expect(read().map(({ id }) => id)).toEqual(['30 days', '29 days', '0 days'])
    await ledger.close()
  })

  test.each([{ retentionDays: 0 }, { maxQueuedRecords: 0 }, { flushIntervalMs: Number.NaN }])(
    '%j is refused',
    (options) => expect(() => openLedger({ path, ...options })).toThrow(RangeError),
  )
})

describe('the file', () => {
  test('what is no ledger is refused and left as it is', () => {
    expect(codeOf(() => readUsage({ path }))).toBe('missing')
    writeFileSync(path, 'x'.repeat(5000))
    expect([codeOf(() => readUsage({ path })), codeOf(() => openLedger({ path }))]).toEqual([
      'not-a-ledger',
      'not-a-ledger',
    ])
    rmSync(path)
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE orders (id)')
    expect([codeOf(() => readUsage({ path })), codeOf(() => openLedger({ path }))]).toEqual([
      'not-a-ledger',
      'not-a-ledger',
    ])
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
    database.close()
  })

  test('a ledger of a newer version is refused', async () => {
    await openLedger({ path }).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect([codeOf(() => readUsage({ path })), codeOf(() => openLedger({ path }))]).toEqual([
      'newer-schema',
      'newer-schema',
    ])
  })

  test('an older one takes the steps that it lacks and keeps its calls; a step that fails is not taken', async () => {
    const ledger = openLedger({ path })
    ledger.record(makeCall())
    await ledger.close()
    const database = new DatabaseSync(path)
    const next = [...ledgerMigrations, "ALTER TABLE calls ADD COLUMN region TEXT NOT NULL DEFAULT 'eu'"]
    expect(() => migrate(database, [...next, 'CREATE TABLE calls (id)'])).toThrow('already exists')
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: next.length })
    migrate(database, next)
    expect(database.prepare('SELECT id, region FROM calls').all()).toMatchObject([
      { id: 'call-1', region: 'eu' },
    ])
    database.close()
  })
})

test('usage is what the collector sums up of the same calls, to the nano-dollar', async () => {
  const label = constantFrom('a', 'b', 'constructor', '')
  const call = record({
    model: label,
    tenant: label,
    endpoint: option(label, { nil: undefined }),
    outcome: constantFrom('success' as const, 'blocked' as const, 'cancelled' as const, 'error' as const),
    costNanoUsd: nat(),
    inputTokens: nat(9999),
    isHit: constantFrom(true, false),
    latencyMs: nat(9999),
  })
  await assert(
    asyncProperty(array(call, { maxLength: 100 }), async (made) => {
      rmSync(path, { force: true })
      const metrics = new MetricsCollector()
      const ledger = openLedger({ path })
      const emitter = createEmitter({ metrics, ledger })
      for (const { isHit, outcome, endpoint, ...changes } of made) {
        const success = outcome === 'success'
        const labels = {
          ...(endpoint !== undefined && { endpoint }),
          outcome,
          success,
          timestamp: Date.now(),
        }
        emitter.emit(
          isHit
            ? makeHit({ ...labels, model: changes.model, savedNanoUsd: changes.costNanoUsd })
            : makeCall({ ...changes, ...labels }),
        )
      }
      await ledger.close()
      for (const by of ['model', 'tenant', 'endpoint'] as const) {
        const { total, groups } = readUsage({ path, by })
        const { groups: expected = {}, ...all } = metrics.summary({ lastHours: 1, by })
        for (const [found, sums] of [
          [total, all] as const,
          ...groups.map(({ value, ...figures }) => [figures, expected[value]] as const),
        ]) {
          expect(found).toEqual({
            totalCalls: sums?.totalCalls,
            succeeded: sums?.succeeded,
            blocked: sums?.blocked,
            cancelled: sums?.cancelled,
            hits: sums?.hits,
            coalesced: sums?.coalesced,
            providerCalls: sums?.providerCalls,
            successRate: sums?.successRate,
            inputTokens: sums?.totalInputTokens,
            outputTokens: sums?.totalOutputTokens,
            costNanoUsd: sums?.costNanoUsd,
            costUsd: sums?.totalCostUsd,
            savedNanoUsd: sums?.savedNanoUsd,
            savedUsd: sums?.savedCostUsd,
            p50LatencyMs: sums?.p50LatencyMs,
            p95LatencyMs: sums?.p95LatencyMs,
          })
        }
        expect(groups.length).toBe(Object.keys(expected).length)
      }
    }),
    { numRuns: 30 },
  )
})

test('usage without percentiles is the same sums, of a ledger of more rows than are grouped at once, some of them gone', async () => {
  const clock = makeClock()
  const ledger = openLedger({ path, clock, retentionDays: 1, maxQueuedRecords: 20_000 })
  const day = 86_400_000
  for (let i = 0; i < 7000; i++) {
    const timestamp = clock.now() - (i % 3 === 0 ? 2 * day : 0)
    ledger.record(makeCall({ id: `call-${i}`, model: `model-${i % 5}`, timestamp, costNanoUsd: i }))
  }
  await ledger.close()
  const { total, groups } = readUsage({ path, percentiles: false })
  const left = read()
  expect([total.totalCalls, total.costNanoUsd]).toEqual([
    left.length,
    left.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
  ])
  expect(left.length).toBeLessThan(6000)
  expect([groups.length, 'p50LatencyMs' in total]).toEqual([5, false])
  const { total: whole } = readUsage({ path })
  expect(whole).toEqual({ ...total, p50LatencyMs: whole.p50LatencyMs, p95LatencyMs: whole.p95LatencyMs })
  expect(whole.p95LatencyMs).toBeCloseTo(100, 0)
})

test('sums that no 64 bits hold are still sums', async () => {
  const ledger = openLedger({ path })
  for (let i = 0; i < 2000; i++) ledger.record(makeCall({ costNanoUsd: Number.MAX_SAFE_INTEGER }))
  await ledger.close()
  expect(readUsage({ path }).total.costNanoUsd / (2000 * Number.MAX_SAFE_INTEGER)).toBeCloseTo(1, 9)
})

test('usage by hour is in UTC, in order, and begins where it is told', async () => {
  const ledger = openLedger({ path })
  const hour = 3_600_000
  const start = Date.UTC(2026, 9, 25)
  for (const at of [2.5, 0, 1, 1.99]) ledger.record(makeCall({ timestamp: start + at * hour }))
  await ledger.close()
  const { groups, total } = readUsage({ path, by: 'hour', sinceMs: start + hour })
  expect(groups.map(({ value, totalCalls }) => [value, totalCalls])).toEqual([
    ['2026-10-25T01:00:00.000Z', 2],
    ['2026-10-25T02:00:00.000Z', 1],
  ])
  expect(total.costNanoUsd).toBe(3 * 75_000)
})
