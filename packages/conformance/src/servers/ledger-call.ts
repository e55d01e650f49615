import type { LLMCallMetrics } from '@plumbline/core'

/** The record with the id `call-N`: a function of its number, so that a reader knows what a writer of another process wrote. */
export function ledgerCall(number: number): LLMCallMetrics {
  return {
    id: `call-${number}`,
    operation: number % 5 === 0 ? 'embed' : 'chat',
    stream: number % 2 === 0,
    provider: 'openai',
    model: `model-${number % 3}`,
    tenant: 'acme',
    ...(number % 2 === 0 && { endpoint: '/answer', promptVersion: 'v2' }),
    timestamp: Date.UTC(2026, 10, 24) + number,
    latencyMs: 100.25 + number,
    ...(number % 2 === 0 && { timeToFirstChunkMs: 20.5, chunksPerSecond: 33.3 }),
    inputTokens: 100 + number,
    cachedInputTokens: number % 10,
    outputTokens: 7,
    reasoningTokens: 3,
    usageEstimated: number % 4 === 0,
    success: number % 7 !== 0,
    outcome: number % 7 === 0 ? 'error' : 'success',
    ...(number % 7 === 0 && { error: { name: 'UpstreamError', code: 'UPSTREAM_ERROR' } }),
    cacheStatus: 'miss',
    attempts: 1 + (number % 3),
    costNanoUsd: 250_000 + number,
    savedNanoUsd: 0,
    savedTokens: 0,
    priceSource: 'published',
    priceDate: '2026-11-24',
  }
}
