import type { LLMCallMetrics } from '@plumbline/core'
import { openLedger } from '@plumbline/core/ledger'

/** A successful provider call that starts now, with what a test wants otherwise. */
export function makeCall(changes: Partial<LLMCallMetrics> = {}): LLMCallMetrics {
  return {
    id: crypto.randomUUID(),
    operation: 'chat',
    stream: false,
    provider: 'openai',
    model: 'gpt-4o',
    tenant: 'acme',
    timestamp: Date.now(),
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
    priceDate: '2026-11-24',
    ...changes,
  }
}

/** Half an hour of calls up to now: two models, three tenants, two builds; hits, blocks, failures, retries, streams. */
export function someCalls(nowMs: number): LLMCallMetrics[] {
  return Array.from({ length: 240 }, (_, index) => {
    const isHit = index % 4 === 1
    const isBlocked = index % 24 === 7
    const isFailed = index % 24 === 12
    const isStream = index % 3 === 0 && !isHit
    const reached = !isHit && !isBlocked
    return makeCall({
      timestamp: nowMs - (240 - index) * 7_000,
      model: index % 2 === 0 ? 'gpt-4o' : 'gpt-4o-mini',
      tenant: `tenant-${index % 3}`,
      build: index % 5 < 3 ? 'scratch' : 'langchain',
      ...(index % 6 !== 0 && { endpoint: '/faq', promptVersion: `v${index % 2}` }),
      stream: isStream,
      latencyMs: isHit ? 1 : 200 + ((index * 37) % 900),
      ...(isStream && reached && { timeToFirstChunkMs: 80 + (index % 50), chunksPerSecond: 40 }),
      attempts: reached ? (index % 20 === 0 ? 2 : 1) : 0,
      success: !isBlocked && !isFailed,
      outcome: isBlocked ? 'blocked' : isFailed ? 'error' : 'success',
      ...(isBlocked && { blockedBy: index % 48 === 7 ? 'injection' : 'pii.card' }),
      ...(isFailed && { error: { name: 'UpstreamError', code: 'UPSTREAM' } }),
      cacheStatus: isBlocked ? 'off' : isHit ? 'hit' : 'miss',
      inputTokens: reached ? 1_000 + index : 0,
      outputTokens: reached && !isFailed ? 100 : 0,
      costNanoUsd: reached ? 3_500_000 + index : 0,
      savedNanoUsd: isHit ? 3_500_000 : 0,
      savedTokens: isHit ? 1_100 : 0,
    })
  })
}

/** Writes calls to a ledger, after those that it has. */
export async function write(path: string, calls: readonly LLMCallMetrics[]): Promise<void> {
  const ledger = openLedger({ path })
  for (const call of calls) ledger.record(call)
  await ledger.close()
}
