/** How one call ended. `refusal`, `content_filter` and `length` resolve with an answer that is not a success. */
export type CallOutcome =
  | 'success'
  | 'refusal'
  | 'content_filter'
  | 'length'
  | 'blocked'
  | 'cancelled'
  | 'error'

/**
 * What the response cache did for one call: `hit` and `coalesced` (joined a call in flight) cost nothing;
 * `declined` means that the policy does not admit the request; `off` that there is no cache, or that the call
 * ended before it was asked.
 */
export type CacheStatus = 'hit' | 'miss' | 'coalesced' | 'refresh' | 'bypass' | 'declined' | 'off'

/** Token counts of one call. Cached tokens are part of `inputTokens`, reasoning tokens part of `outputTokens`. */
export interface TokenUsage {
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
}

/** The one record that a logical call leaves, whatever its retries. */
export interface LLMCallMetrics extends TokenUsage {
  id: string
  operation: 'chat' | 'embed'
  stream: boolean
  provider: string
  /** The model that was asked for. */
  model: string
  tenant: string
  endpoint?: string
  promptVersion?: string
  /** The build that made the call, where several write to one ledger: the gateway says so. */
  build?: string
  /** Wall-clock start of the call, ms since the epoch. */
  timestamp: number
  /** From call to last byte on the monotonic clock, retries and back-off included. */
  latencyMs: number
  /** Streams: from call to the first chunk with content. */
  timeToFirstChunkMs?: number
  /** Streams: content chunks per second between the first and the last. */
  chunksPerSecond?: number
  /** True when the counts are an estimate rather than the provider's own. */
  usageEstimated: boolean
  success: boolean
  outcome: CallOutcome
  /** The fallback model that answered, or was asked last. */
  fallbackModel?: string
  /** Class and code of the error that the call rejected with. */
  error?: { name: string; code: string }
  /** The guardrail rule that blocked the call. */
  blockedBy?: string
  cacheStatus: CacheStatus
  /** Requests that reached the provider: 0 for a hit, a follower or a blocked input. */
  attempts: number
  /** Billed, in integer nano-dollars (1 USD = 1e9). */
  costNanoUsd: number
  /** What a cache saved on this call, in integer nano-dollars. */
  savedNanoUsd: number
  /** Tokens that a cache saved on this call, input and output. */
  savedTokens: number
  /** Where the price came from: the published book, the caller's override, or the fallback card. */
  priceSource: PriceSource
  /** Version or date of that source. */
  priceDate: string
}

export type PriceSource = 'published' | 'override' | 'fallback'
