import { nanoUsdToUsd } from './money.ts'
import { LatencySketch } from './sketch.ts'
import type { Slot } from './slot.ts'
import { countNames, sumNames, type CountName, type SumName } from './tally.ts'

/** What is known about the calls of one window. Without calls every figure is 0. */
export interface MetricsFigures {
  /** Logical calls: provider calls, hits, followers, blocked and failed ones alike. */
  totalCalls: number
  /** Calls with outcome `success`. */
  succeeded: number
  /** Calls that neither succeeded nor were blocked or cancelled: errors, refusals, filtered and cut answers. */
  failed: number
  blocked: number
  cancelled: number
  /** Calls answered from a cache. */
  hits: number
  /** Calls that joined another one in flight. */
  coalesced: number
  /** Logical calls that reached the provider (at least one attempt), whatever their outcome. */
  providerCalls: number
  /** Requests that reached the provider, retries included. */
  attempts: number
  /** 0..1: succeeded / (succeeded + failed); blocked and cancelled calls say nothing about the provider. */
  successRate: number
  totalCostUsd: number
  savedCostUsd: number
  /** `totalCostUsd` in integer nano-dollars: exact, and what is to be added up. */
  costNanoUsd: number
  /** `savedCostUsd` in integer nano-dollars. */
  savedNanoUsd: number
  /** Of provider calls, in ms; hits and followers are apart. */
  averageLatencyMs: number
  p50LatencyMs: number
  p95LatencyMs: number
  p99LatencyMs: number
  /** Of the streamed provider calls that had a first chunk, in ms. */
  averageTimeToFirstChunkMs: number
  /** Billed tokens; those of hits are in `savedTokens`. */
  totalInputTokens: number
  totalOutputTokens: number
  /** Input and output tokens that a cache saved. */
  savedTokens: number
}

/** Adds up one series over slots; percentiles come from `latencySlots`, which may cover less. */
export function sumFigures(
  series: number,
  slots: readonly Slot[],
  latencySlots: readonly Slot[],
): MetricsFigures {
  const counts = countNames.map(() => 0)
  const sums = sumNames.map(() => 0)
  for (const slot of slots) {
    const tally = slot.tallyOf(series)
    if (!tally) continue
    for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + (tally.counts[i] ?? 0)
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (tally.sums[i] ?? 0)
  }
  const latencies = new LatencySketch()
  for (const slot of latencySlots) slot.forEachBin(series, (bin, count) => latencies.addBin(bin, count))

  const count = (name: CountName): number => counts[countNames.indexOf(name)] ?? 0
  const sum = (name: SumName): number => sums[sumNames.indexOf(name)] ?? 0
  const judged = count('calls') - count('blocked') - count('cancelled')
  return {
    totalCalls: count('calls'),
    succeeded: count('succeeded'),
    failed: judged - count('succeeded'),
    blocked: count('blocked'),
    cancelled: count('cancelled'),
    hits: count('hits'),
    coalesced: count('coalesced'),
    providerCalls: count('providerCalls'),
    attempts: count('attempts'),
    successRate: ratio(count('succeeded'), judged),
    totalCostUsd: nanoUsdToUsd(sum('costNanoUsd')),
    savedCostUsd: nanoUsdToUsd(sum('savedNanoUsd')),
    costNanoUsd: sum('costNanoUsd'),
    savedNanoUsd: sum('savedNanoUsd'),
    averageLatencyMs: ratio(sum('latencyMs'), count('providerCalls')),
    p50LatencyMs: latencies.quantile(0.5),
    p95LatencyMs: latencies.quantile(0.95),
    p99LatencyMs: latencies.quantile(0.99),
    averageTimeToFirstChunkMs: ratio(sum('firstChunkMs'), count('firstChunks')),
    totalInputTokens: sum('inputTokens'),
    totalOutputTokens: sum('outputTokens'),
    savedTokens: sum('savedTokens'),
  }
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
