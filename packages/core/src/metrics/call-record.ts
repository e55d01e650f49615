import { priceUsage, type PriceCard, type PricedUsage } from './price-card.ts'
import type { CacheStatus, CallOutcome, LLMCallMetrics, TokenUsage } from './record.ts'

/** What a pipeline knows when a call ends. */
export interface CallFacts {
  id: string
  operation: 'chat' | 'embed'
  stream: boolean
  provider: string
  /** The model that was asked for. */
  model: string
  fallbackModel?: string | undefined
  /** Default `default`. */
  tenant?: string | undefined
  endpoint?: string | undefined
  promptVersion?: string | undefined
  /** Wall-clock start of the call, ms since the epoch. */
  timestamp: number
  /** From call to last byte on the monotonic clock. */
  latencyMs: number
  timeToFirstChunkMs?: number | undefined
  chunksPerSecond?: number | undefined
  outcome: CallOutcome
  /** What the call rejected with. Only name and code are kept. */
  error?: { name: string; code: string } | undefined
  /** The guardrail rule that blocked the call. */
  blockedBy?: string | undefined
  cacheStatus: CacheStatus
  /** Requests that reached the provider for this call. */
  attempts: number
  /** The card in force at `timestamp`, of the fallback model where there is one. */
  card: PriceCard
  /** What the provider counted for this call. Left out: nothing was billed (hit, follower, blocked input). */
  billedUsage?: PricedUsage | undefined
  /** The usage of the answer, or of the part of it, that a cache or another call stood in for. Left out: nothing was saved. */
  savedUsage?: PricedUsage | undefined
  /** True when `billedUsage` is an estimate. Default false. */
  usageEstimated?: boolean | undefined
}

const noTokens: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }

/**
 * Makes the record of one call. The token counts are the billed ones, so a hit has zeros there, and its tokens in
 * `savedTokens`. Billed and saved together are the price of both usages together, exactly: saved is the difference, so
 * that rounding happens once.
 */
export function createCallRecord(facts: CallFacts): LLMCallMetrics {
  const { card, billedUsage = noTokens, savedUsage = noTokens } = facts
  const costNanoUsd = priceUsage(card, billedUsage)
  const wouldHaveCostNanoUsd = priceUsage(card, addUsage(billedUsage, savedUsage))
  return {
    id: facts.id,
    operation: facts.operation,
    stream: facts.stream,
    provider: facts.provider,
    model: facts.model,
    tenant: facts.tenant ?? 'default',
    ...(facts.endpoint !== undefined && { endpoint: facts.endpoint }),
    ...(facts.promptVersion !== undefined && { promptVersion: facts.promptVersion }),
    timestamp: facts.timestamp,
    latencyMs: facts.latencyMs,
    ...(facts.timeToFirstChunkMs !== undefined && { timeToFirstChunkMs: facts.timeToFirstChunkMs }),
    ...(facts.chunksPerSecond !== undefined && { chunksPerSecond: facts.chunksPerSecond }),
    inputTokens: billedUsage.inputTokens,
    cachedInputTokens: billedUsage.cachedInputTokens,
    outputTokens: billedUsage.outputTokens,
    reasoningTokens: billedUsage.reasoningTokens,
    usageEstimated: facts.usageEstimated ?? false,
    success: facts.outcome === 'success',
    outcome: facts.outcome,
    ...(facts.fallbackModel !== undefined && { fallbackModel: facts.fallbackModel }),
    ...(facts.error && { error: { name: facts.error.name, code: facts.error.code } }),
    ...(facts.blockedBy !== undefined && { blockedBy: facts.blockedBy }),
    cacheStatus: facts.cacheStatus,
    attempts: facts.attempts,
    costNanoUsd,
    savedNanoUsd: wouldHaveCostNanoUsd - costNanoUsd,
    savedTokens: savedUsage.inputTokens + savedUsage.outputTokens,
    priceSource: card.source,
    priceDate: card.date,
  }
}

function addUsage(a: PricedUsage, b: PricedUsage): PricedUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    audioInputTokens: (a.audioInputTokens ?? 0) + (b.audioInputTokens ?? 0),
    audioOutputTokens: (a.audioOutputTokens ?? 0) + (b.audioOutputTokens ?? 0),
  }
}
