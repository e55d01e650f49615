import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import {
  callLabels,
  mergeCallSums,
  openLedgerReader,
  type CallFilter,
  type CallLabel,
  type CallSums,
  type LedgerReader,
} from '@plumbline/core/ledger'

import { createBucketSums, type BucketSums } from './bucket-sums.ts'
import type { Overview, OverviewBucket } from './overview.ts'
import { ranges, type RangeName } from './ranges.ts'

const maxGroups = 100
const maxChoices = 200
const shownCalls = 30

/** What a page asks for. */
export interface OverviewQuery {
  range: RangeName
  filter: CallFilter
  nowMs: number
}

/**
 * Reads overviews of one ledger file, one after the other. Each opens the file anew, so a file that was moved away or replaced is
 * noticed, and is of one moment of it. Rejects with `LedgerError` when there is no ledger.
 */
export function createOverviewReader(path: string): (query: OverviewQuery) => Promise<Overview> {
  const sums = createBucketSums()
  let last: Promise<unknown> = Promise.resolve()
  return (query) => {
    const next = last.then(() => readOverview(path, sums, query))
    // The one after it does not care how this one ended.
    last = next.catch(() => {})
    return next
  }
}

async function readOverview(path: string, kept: BucketSums, query: OverviewQuery): Promise<Overview> {
  const reader = openLedgerReader(path)
  try {
    kept.refresh(reader, fileOf(path))
    const { ms, bucketMs } = ranges[query.range]
    const fromMs = query.nowMs - ms
    const shown = await bucketsOf(reader, kept, query)
    const whole = mergeCallSums(shown.map(({ sums }) => sums))
    const isFiltered = Object.keys(query.filter).length > 0
    const unfiltered = isFiltered
      ? mergeCallSums((await bucketsOf(reader, kept, { ...query, filter: {} })).map(({ sums }) => sums))
      : whole
    const toMs = Math.floor(query.nowMs / bucketMs) * bucketMs + bucketMs
    return {
      schemaVersion: 1,
      fromMs,
      toMs,
      bucketMs,
      total: whole.total.figures(),
      buckets: shown.map(toBucket),
      groups: byLabel((label) => groupsOf(whole, label).slice(0, maxGroups)),
      choices: byLabel((label) => {
        const values = [...unfiltered.byLabel[label].keys()].toSorted()
        return { count: values.length, values: values.slice(0, maxChoices) }
      }),
      blocksByRule: Object.fromEntries(whole.blocksByRule),
      calls: reader.newest({ fromMs, toMs, filter: query.filter }, shownCalls),
      lastCallMs: reader.extent()?.lastMs ?? null,
    }
  } finally {
    reader.close()
  }
}

/** The figures of each value of a label, by cost, highest first. */
export function groupsOf(sums: CallSums, label: CallLabel): Overview['groups'][CallLabel] {
  return [...sums.byLabel[label]]
    .map(([value, tally]) => ({ value, ...tally.figures() }))
    .toSorted((a, b) => b.costNanoUsd - a.costNanoUsd || b.totalCalls - a.totalCalls)
}

interface Bucket {
  startMs: number
  sums: CallSums
}

async function bucketsOf(
  reader: LedgerReader,
  kept: BucketSums,
  { range, filter, nowMs }: OverviewQuery,
): Promise<Bucket[]> {
  const { ms, bucketMs } = ranges[range]
  const fromMs = nowMs - ms
  const buckets: Bucket[] = []
  for (let startMs = Math.floor(fromMs / bucketMs) * bucketMs; startMs <= nowMs; startMs += bucketMs) {
    // The range begins inside its first bucket.
    const sums =
      startMs < fromMs
        ? reader.sumUp({ fromMs, toMs: startMs + bucketMs, filter })
        : kept.of(reader, { startMs, bucketMs, filter })
    buckets.push({ startMs, sums })
    // A week of a busy ledger takes seconds the first time: others are answered in between.
    await setImmediate()
  }
  return buckets
}

function toBucket({ startMs, sums }: Bucket): OverviewBucket {
  const costs = [...sums.byLabel.model].map(([model, tally]) => [model, tally.costNanoUsd] as const)
  return {
    startMs,
    figures: sums.total.figures(),
    costNanoUsdByModel: Object.fromEntries(costs.filter(([, cost]) => cost > 0)),
    blocksByRule: Object.fromEntries(sums.blocksByRule),
  }
}

function byLabel<T>(of: (label: CallLabel) => T): Record<CallLabel, T> {
  const all = Object.fromEntries(callLabels.map((label) => [label, of(label)]))
  return all as Record<CallLabel, T> // All of its keys.
}

/** The file itself, whatever its name: one that was put in its place is another. */
function fileOf(path: string): string {
  const { dev, ino } = statSync(path)
  return `${dev}:${ino}`
}
