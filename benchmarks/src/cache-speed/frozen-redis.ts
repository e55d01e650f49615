import type { RedisServer } from '@plumbline/conformance'
import type { Pipeline } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createPipeline } from '@plumbline/scratch'
import type { FrozenRow } from '@plumbline/report'

import { median } from '../method/bootstrap-median.ts'
import { answer, askAtLength } from './question.ts'

/** Calls one after the other while the server is frozen; the store gives up after the third in a row that failed. */
const firstCalls = 3
const laterCalls = 40

/**
 * What calls are late by, one after the other, when a Redis that has answered is frozen (SIGSTOP) between them: against calls of the
 * same pipeline without a cache, in turn with them. A store of its own for each time.
 */
export async function measureFrozen(server: RedisServer, freezes: number): Promise<FrozenRow[]> {
  const fetch: typeof globalThis.fetch = () => Promise.resolve(Response.json(answer))
  const provider = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'cache-speed', fetch }
  const off = createPipeline({ provider, responseCache: false })
  const first: number[] = []
  const later: number[] = []
  let failed = 0
  let question = 0
  for (let freeze = 0; freeze < freezes; freeze++) {
    const store = createRedisStore({ url: server.url })
    const cached = createPipeline({ provider, responseCache: { store } })
    const timed = async (pipeline: Pipeline): Promise<number> => {
      const began = performance.now()
      try {
        // Each is another question: it looks for an answer, and has one to store.
        await pipeline.chat(askAtLength(200, question++))
      } catch {
        failed++
      }
      return performance.now() - began
    }
    const failedBefore = failed
    for (let call = 0; call < 20; call++) {
      await timed(cached)
      await timed(off)
    }
    if (failed > failedBefore) throw new Error('A call failed while Redis answered.')
    server.freeze()
    try {
      for (let call = 0; call < firstCalls + laterCalls; call++) {
        const lateMs = (await timed(cached)) - (await timed(off))
        if (call < firstCalls) first.push(lateMs)
        else later.push(lateMs)
      }
    } finally {
      server.thaw()
    }
    await cached.close()
  }
  await off.close()
  return [
    { name: `the first ${firstCalls} calls`, ...spread(first), failedCalls: failed, atMostMs: 100 },
    { name: `the ${laterCalls} after them`, ...spread(later), failedCalls: failed, atMostMs: 1 },
  ]
}

function spread(lateMs: readonly number[]): Omit<FrozenRow, 'name' | 'failedCalls' | 'atMostMs'> {
  return {
    calls: lateMs.length,
    medianMs: median(lateMs),
    slowestMs: Math.max(...lateMs),
    samples: [...lateMs],
  }
}
