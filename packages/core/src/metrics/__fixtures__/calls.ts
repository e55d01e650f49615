import type { Clock } from '../../contract/clock.ts'
import type { LLMCallMetrics } from '../record.ts'

/** A successful provider call of 100 ms, with what a test wants otherwise. */
export function makeCall(changes: Partial<LLMCallMetrics> = {}): LLMCallMetrics {
  return {
    id: 'call-1',
    operation: 'chat',
    stream: false,
    provider: 'openai',
    model: 'gpt-4o',
    tenant: 'default',
    timestamp: Date.UTC(2026, 10, 23, 12),
    latencyMs: 100,
    inputTokens: 10,
    cachedInputTokens: 0,
    outputTokens: 5,
    reasoningTokens: 0,
    usageEstimated: false,
    success: true,
    outcome: 'success',
    cacheStatus: 'miss',
    attempts: 1,
    costNanoUsd: 75_000,
    savedNanoUsd: 0,
    savedTokens: 0,
    priceSource: 'published',
    priceDate: 'test',
    ...changes,
  }
}

/** A call answered from the cache. */
export function makeHit(changes: Partial<LLMCallMetrics> = {}): LLMCallMetrics {
  return makeCall({
    cacheStatus: 'hit',
    attempts: 0,
    latencyMs: 1,
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: 0,
    savedNanoUsd: 75_000,
    savedTokens: 15,
    ...changes,
  })
}

/** A clock that stands at `nowMs` until a test moves it. */
export function makeClock(nowMs = Date.UTC(2026, 10, 23, 12)): Clock & { nowMs: number } {
  return {
    nowMs,
    now() {
      return this.nowMs
    },
    monotonicMs() {
      return this.nowMs
    },
    setTimer: () => () => {},
  }
}
