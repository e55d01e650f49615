import { setTimeout as sleep } from 'node:timers/promises'

import { systemClock } from '@plumbline/core'
import type { Entrant } from '@plumbline/conformance'
import type { CacheSetting, LatencyRow } from '@plumbline/report'

import type { Trace, TraceRequest } from '../traces/trace.ts'
import { latencyModels } from './latency-model.ts'
import { createSimulatedProvider, sizesOf } from './simulated-provider.ts'
import { callOnce, createSubject } from './subject.ts'

export interface WindowOptions {
  entrant: Entrant
  setting: CacheSetting
  trace: Trace
  ttlMs: number
  scale: number
  /** The first request that is timed; those before it only fill the cache. */
  from: number
  /** Resolves when every subject is warm, so that all of them run through the same stretch of time. */
  allWarm: () => Promise<void>
}

/** The first request of the last `windowMs` of a trace. */
export function windowStart({ requests }: Trace, windowMs: number): number {
  const endMs = requests.at(-1)?.atMs ?? 0
  return requests.findIndex(({ atMs }) => atMs >= endMs - windowMs)
}

/**
 * Plays the requests from `from` on in real time, as they arrive in the trace, and takes what each caller waited. The requests
 * before them have filled the caches, without waiting for a model.
 */
export async function timeWindow(options: WindowOptions): Promise<LatencyRow> {
  const { entrant, setting, trace, ttlMs, scale, from, allWarm } = options
  const provider = createSimulatedProvider({
    clock: systemClock,
    models: latencyModels,
    scale: 0,
    sizes: sizesOf(trace.requests),
  })
  const subject = createSubject({ entrant, setting, provider, ttlMs })
  const firstMs = trace.requests[from]?.atMs ?? 0
  if (setting !== 'none') {
    // What would have expired by then is not there.
    const warming = trace.requests.slice(0, from).filter(({ atMs }) => firstMs - atMs < ttlMs)
    // One that fails has warmed nothing: counting failures is what the other rows do.
    for (const request of warming) await callOnce(subject, request).catch(() => {})
  }
  await allWarm()

  provider.scale = scale
  const window = trace.requests.slice(from)
  const startMs = performance.now()
  let failedRequests = 0
  async function timeOne(request: TraceRequest): Promise<number> {
    await sleep(Math.max(0, startMs + request.atMs - firstMs - performance.now()))
    const beganMs = performance.now()
    // One that fails has waited as well.
    await callOnce(subject, request).catch(() => failedRequests++)
    return performance.now() - beganMs
  }
  const waitedMs = await Promise.all(window.map(timeOne))
  await subject.close?.()

  const sorted = waitedMs.toSorted((a, b) => a - b)
  // Nearest rank.
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return {
    entrant: entrant.name,
    setting,
    scale,
    requests: sorted.length,
    failedRequests,
    meanMs: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  }
}
