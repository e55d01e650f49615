import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { MetricsCollector, systemClock, type Clock, type LLMCallMetrics } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { bestRound } from '../timing.ts'

const million = 1_000_000
const maxGrowthBytes = 20e6
const maxMicroseconds = 2
/** Prepared calls, told again and again: making a million of them would be most of the time. */
const prepared = 16_384
const chunkCalls = 20_000

/** Calls with four labels of 16 values each, in every combination, and latencies over five orders of magnitude. */
function callsOf(latencyMs: (draw: number) => number): LLMCallMetrics[] {
  let state = 20_261_124
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 4_294_967_296
  }
  const value = (label: string): string => `${label}-${Math.floor(draw() * 16)}`
  return Array.from({ length: prepared }, (_, index) => ({
    id: `call-${index}`,
    operation: 'chat',
    stream: draw() < 0.5,
    provider: 'openai',
    model: value('model'),
    endpoint: value('endpoint'),
    promptVersion: value('version'),
    tenant: value('tenant'),
    timestamp: 0,
    latencyMs: latencyMs(draw()),
    inputTokens: 1000,
    cachedInputTokens: 100,
    outputTokens: 100,
    reasoningTokens: 0,
    usageEstimated: false,
    success: true,
    outcome: 'success',
    cacheStatus: 'miss',
    attempts: 1,
    costNanoUsd: 3_500_000,
    savedNanoUsd: 0,
    savedTokens: 0,
    priceSource: 'published',
    priceDate: 'clause',
  }))
}

/** Heap and the buffers outside of it, after everything that can go has gone. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  // The function that the flag makes; a context made before it does not have it.
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A million calls in a collector: with what it grew, and what each took. */
interface Recorded {
  collector: MetricsCollector
  growthBytes: number
  microseconds: number
}

/** Records a million calls spread over `spanMs`. */
function recordOnce(spanMs: number, calls: readonly LLMCallMetrics[]): Recorded {
  let nowMs = Date.UTC(2026, 10, 24)
  const clock: Clock = { ...systemClock, now: () => nowMs }
  const before = usedBytes()
  const collector = new MetricsCollector({ clock })
  const microseconds: number[] = []
  for (let done = 0; done < million; done += chunkCalls) {
    const start = process.threadCpuUsage()
    for (let index = 0; index < chunkCalls; index++) {
      const call = calls[(done + index) % prepared]
      if (!call) continue
      nowMs += spanMs / million
      call.timestamp = nowMs
      collector.record(call)
    }
    const { user, system } = process.threadCpuUsage(start)
    microseconds.push((user + system) / chunkCalls)
  }
  // The lower quartile: what else runs on the machine, and the compiler warming up, only ever add.
  const quartile = microseconds.sort((a, b) => a - b)[Math.floor(microseconds.length / 4)]
  return { collector, growthBytes: usedBytes() - before, microseconds: quartile ?? Infinity }
}

/**
 * Records a million calls spread over `spanMs`, and checks what they took: memory held afterwards, and time of this thread each.
 * Shared caches make a thread dearer too while its neighbours are busy, so a slow million is followed by others.
 */
async function recordMillion(
  check: Checks,
  spanMs: number,
  calls: readonly LLMCallMetrics[],
): Promise<MetricsCollector> {
  let recorded: Recorded | undefined
  const microseconds = await bestRound(maxMicroseconds, () => {
    // Gone before the next one is weighed.
    recorded = undefined
    recorded = recordOnce(spanMs, calls)
    check.between(recorded.growthBytes / 1e6, -Infinity, maxGrowthBytes / 1e6, 'growth in MB')
    return recorded.microseconds
  })
  check.between(microseconds, 0, maxMicroseconds, 'microseconds of each record')
  if (!recorded) throw new Error('nothing was recorded')
  return recorded.collector
}

const hourMs = 3_600_000
const lognormal = (draw: number): number => Math.exp(3 + 6 * draw)

export const MET14 = defineClause({
  id: 'MET-14',
  sentence:
    'Memory is bounded: with four labels of up to 16 values a million records grow the heap by at most 20 MB (per-label percentiles cover an hour; longer windows keep counts and sums), and `record` takes at most 2 us.',
  origin: 'found defect',
  kind: 'part',
  needs: [],
  scenarios: [
    {
      name: 'a million calls over a day',
      case: 'ordinary',
      limitMs: 300_000,
      async run({ check }) {
        const collector = await recordMillion(check, 24 * hourMs, callsOf(lognormal))
        check.equal(collector.summary({ lastHours: 25 }).totalCalls, million, 'calls of the day')
      },
    },
    {
      name: 'a million calls over seven days, and a million within ten seconds',
      case: 'boundary',
      limitMs: 300_000,
      async run({ check }) {
        const week = await recordMillion(check, 7 * 24 * hourMs, callsOf(lognormal))
        check.equal(week.summary({ lastHours: 168 }).totalCalls, million, 'calls of the week')
        const burst = await recordMillion(check, 5000, callsOf(lognormal))
        check.equal(burst.summary({ lastHours: 1 }).totalCalls, million, 'calls of the burst')
      },
    },
    {
      name: 'a million calls within the hour that percentiles of labels cover, with latencies that share no bin',
      case: 'nasty',
      limitMs: 300_000,
      async run({ check }) {
        const calls = callsOf((draw) => 10 ** (9 * draw - 3))
        const collector = await recordMillion(check, hourMs, calls)
        const { groups = {}, percentileHours } = collector.summary({ lastHours: 24, by: 'tenant' })
        check.equal(percentileHours, 1, 'hours that percentiles of a label cover')
        check.equal(Object.keys(groups).length, 16, 'tenants')
        for (const { p50LatencyMs } of Object.values(groups))
          check.between(p50LatencyMs, 10 ** 1, 10 ** 2, 'median latency of a tenant')
      },
    },
  ],
})
