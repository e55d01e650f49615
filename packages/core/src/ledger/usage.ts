import type { DatabaseSync } from 'node:sqlite'

import { absentLabelValue } from '../metrics/labels.ts'
import { nanoUsdToUsd } from '../metrics/money.ts'
import { LatencySketch } from '../metrics/sketch.ts'
import { openForReading } from './open-database.ts'

/** What the usage in a ledger can be split by, and the SQL of its value. Hours are UTC, as ISO 8601. */
const groupSql = {
  model: 'model',
  endpoint: `ifnull(endpoint, '${absentLabelValue}')`,
  promptVersion: `ifnull(prompt_version, '${absentLabelValue}')`,
  tenant: 'tenant',
  hour: 'started_at_ms / 3600000',
  build: `ifnull(build, '${absentLabelValue}')`,
} as const

export type UsageGroup = keyof typeof groupSql
export const usageGroups = Object.keys(groupSql) as UsageGroup[] // Its own keys.

export interface UsageOptions {
  /** The SQLite file of the ledger. */
  path: string
  /** Calls that started at this time or later, in ms since the epoch. Default: all of them. */
  sinceMs?: number
  /** Default `model`. */
  by?: UsageGroup
  /** Latencies as well, which takes about as long again. Default true. */
  percentiles?: boolean
}

/** The figures of some calls, with the meaning they have in `summary()`. */
export interface UsageFigures {
  totalCalls: number
  succeeded: number
  blocked: number
  cancelled: number
  hits: number
  coalesced: number
  providerCalls: number
  /** 0..1, over calls neither blocked nor cancelled; 0 when there are none. */
  successRate: number
  inputTokens: number
  outputTokens: number
  /** Billed, in integer nano-dollars. */
  costNanoUsd: number
  costUsd: number
  /** What the caches saved, in integer nano-dollars. */
  savedNanoUsd: number
  savedUsd: number
  /** Of provider calls, in ms, within 0.5 %; 0 when there are none. Not there with `percentiles: false`. */
  p50LatencyMs?: number
  p95LatencyMs?: number
}

export interface Usage {
  total: UsageFigures
  /** By cost, highest first; hours in order of time. */
  groups: ({ value: string } & UsageFigures)[]
}

/**
 * Sums up a ledger, while others write to it: a million calls in about a second. Throws `LedgerError` for a missing file, one
 * that is no ledger, or one of a newer version.
 */
export function readUsage(options: UsageOptions): Usage {
  const { path, sinceMs = 0, by = 'model', percentiles = true } = options
  const database = openForReading(path)
  try {
    // The whole table is read: mapped, it is not copied page by page. 2 GB is SQLite's own bound. All is read of one moment.
    database.exec('PRAGMA mmap_size = 2147418112; BEGIN')
    const sums = sumUp(database, by, sinceMs)
    const latencies = percentiles ? latenciesOf(database, by, sinceMs) : undefined
    return toUsage(sums, latencies, by)
  } finally {
    database.close()
  }
}

/** A value of the label that calls are grouped by, as SQLite has it. */
type GroupValue = string | number

/** What is added up; `total` never overflows, and is exact up to 2^53. */
const sumSql = {
  totalCalls: 'count(*)',
  succeeded: 'total(success)',
  blocked: "total(outcome = 'blocked')",
  cancelled: "total(outcome = 'cancelled')",
  hits: "total(cache_status = 'hit')",
  coalesced: "total(cache_status = 'coalesced')",
  providerCalls: 'total(attempts > 0)',
  inputTokens: 'total(input_tokens)',
  outputTokens: 'total(output_tokens)',
  costNanoUsd: 'total(cost_nano_usd)',
  savedNanoUsd: 'total(saved_nano_usd)',
} as const

const sumNames = Object.keys(sumSql) as (keyof typeof sumSql)[] // Its own keys.

type Sums = Record<keyof typeof sumSql, number>

/**
 * SQLite sorts rows to group them. A few thousand at a time are sorted in its cache; all at once took twice as long, and handing each
 * row over, as many columns, too (2026-11-24, a million rows, one figure less: 0.4, 0.8 and 0.9 s of CPU).
 */
const rowsPerGrouping = 2_000

function sumUp(database: DatabaseSync, by: UsageGroup, sinceMs: number): Map<GroupValue, Sums> {
  const { first, last } = database
    .prepare('SELECT ifnull(min(seq), 0) AS first, ifnull(max(seq), -1) AS last FROM calls')
    .get() as { first: number; last: number } // One row of two integers.
  const grouping = database.prepare(
    `SELECT ${groupSql[by]}, ${Object.values(sumSql).join(', ')} FROM calls NOT INDEXED
     WHERE seq >= ? AND seq < ? AND started_at_ms >= ? GROUP BY 1`,
  )
  grouping.setReturnArrays(true)
  const all = new Map<GroupValue, Sums>()
  for (let from = first; from <= last; from += rowsPerGrouping) {
    // Arrays, as set above, of the columns in the order of the query.
    const groups = grouping.all(from, from + rowsPerGrouping, sinceMs) as unknown as [
      GroupValue,
      ...number[],
    ][]
    for (const [value, ...figures] of groups) {
      let sums = all.get(value)
      if (!sums) all.set(value, (sums = noSums()))
      for (const [index, name] of sumNames.entries()) sums[name] += figures[index] ?? 0
    }
  }
  return all
}

function noSums(): Sums {
  return Object.fromEntries(sumNames.map((name) => [name, 0])) as Sums // All of its keys.
}

function latenciesOf(
  database: DatabaseSync,
  by: UsageGroup,
  sinceMs: number,
): Map<GroupValue, LatencySketch> {
  const rows = database.prepare(
    `SELECT ${groupSql[by]}, latency_ms FROM calls NOT INDEXED WHERE started_at_ms >= ? AND attempts > 0`,
  )
  rows.setReturnArrays(true)
  const sketches = new Map<GroupValue, LatencySketch>()
  // As above.
  for (const [value, latencyMs] of rows.iterate(sinceMs) as unknown as Iterable<[GroupValue, number]>) {
    let sketch = sketches.get(value)
    if (!sketch) sketches.set(value, (sketch = new LatencySketch()))
    sketch.add(latencyMs)
  }
  return sketches
}

function toFigures(sums: Sums, latencies: LatencySketch | undefined): UsageFigures {
  const judged = sums.totalCalls - sums.blocked - sums.cancelled
  return {
    totalCalls: sums.totalCalls,
    succeeded: sums.succeeded,
    blocked: sums.blocked,
    cancelled: sums.cancelled,
    hits: sums.hits,
    coalesced: sums.coalesced,
    providerCalls: sums.providerCalls,
    successRate: judged > 0 ? sums.succeeded / judged : 0,
    inputTokens: sums.inputTokens,
    outputTokens: sums.outputTokens,
    costNanoUsd: sums.costNanoUsd,
    costUsd: nanoUsdToUsd(sums.costNanoUsd),
    savedNanoUsd: sums.savedNanoUsd,
    savedUsd: nanoUsdToUsd(sums.savedNanoUsd),
    ...(latencies && { p50LatencyMs: latencies.quantile(0.5), p95LatencyMs: latencies.quantile(0.95) }),
  }
}

function toUsage(
  sums: ReadonlyMap<GroupValue, Sums>,
  latencies: ReadonlyMap<GroupValue, LatencySketch> | undefined,
  by: UsageGroup,
): Usage {
  const total = noSums()
  for (const group of sums.values()) for (const name of sumNames) total[name] += group[name]
  const allLatencies = latencies && new LatencySketch()
  for (const sketch of latencies?.values() ?? []) allLatencies?.merge(sketch)
  const none = latencies && new LatencySketch()
  const groups =
    by === 'hour'
      ? [...sums].toSorted(([a], [b]) => Number(a) - Number(b))
      : [...sums].toSorted(([, a], [, b]) => b.costNanoUsd - a.costNanoUsd || b.totalCalls - a.totalCalls)
  return {
    total: toFigures(total, allLatencies),
    groups: groups.map(([value, group]) => ({
      value: by === 'hour' ? new Date(Number(value) * 3_600_000).toISOString() : String(value),
      ...toFigures(group, latencies?.get(value) ?? none),
    })),
  }
}
