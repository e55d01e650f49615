import type { Invalidation } from '../cache/invalidate.ts'
import type { MetricsCollector } from '../metrics/collector.ts'
import type { LLMCallMetrics, CallOutcome } from '../metrics/record.ts'
import type { Verdict } from '../guardrails/policy.ts'
import type { ChatChunk, ChatRequest, ChatResponse, EmbedRequest, EmbedResponse } from './wire.ts'

/** What the caller knows about one call beyond the request. */
export interface CallContext {
  /** Hard partition of cache and budget, and a label. Default `default`. */
  tenant?: string | undefined
  /** The feature of the application that calls; a label. */
  endpoint?: string | undefined
  /** The version of the prompt; a label. */
  promptVersion?: string | undefined
  /** Aborts the call: the promise rejects with `CancelledError` and the provider's connection closes. */
  signal?: AbortSignal | undefined
  /** Ends the whole call, retries, back-off and stream included, with `TimeoutError`. Default: the pipeline's. */
  deadlineMs?: number | undefined
  /** `bypass` neither reads nor writes the response cache; `refresh` only writes. Default `use`. */
  cache?: CacheMode | undefined
  /**
   * How long the answer of this call may be served from the response cache, in ms, with the cache's jitter. It is for what this
   * call stores: a call that is answered by the cache, or joins another one, does not change that entry's. Default: the cache's.
   */
  cacheTtlMs?: number | undefined
  /**
   * Names by which what this call stores can be invalidated, such as the documents that went into its prompt. At most 16, of at most
   * 256 characters, in any order. Calls with other tags do not share answers, vectors or calls in flight with it. Default none.
   */
  cacheTags?: readonly string[] | undefined
}

export type CacheMode = 'use' | 'bypass' | 'refresh'

export interface ChatResult {
  response: ChatResponse
  /** The one record of this call. */
  metrics: LLMCallMetrics
  /** What the guardrails found, input first; empty when they found nothing or are off. */
  verdicts: Verdict[]
  /** `success`, or why a resolved answer is not one: `refusal`, `content_filter`, `length`. */
  outcome: CallOutcome
}

/**
 * A streamed answer. Nothing is sent before iteration or before `result` is awaited; awaiting `result` alone drains the
 * stream. `result` may be left alone: it never becomes an unhandled rejection.
 */
export interface ChatStream extends AsyncIterable<ChatChunk> {
  readonly result: Promise<ChatResult>
}

export interface EmbedResult {
  response: EmbedResponse
  metrics: LLMCallMetrics
}

export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface HealthPart {
  status: HealthStatus
  /** Why it is not `pass`; never holds a secret. */
  reason?: string
}

export interface HealthReport {
  /** The worst of the parts, where a dead cache, an open circuit breaker and a ledger that cannot write count as `warn`. */
  status: HealthStatus
  parts: { provider: HealthPart; store: HealthPart; breaker: HealthPart; ledger: HealthPart }
  /** Package name to version, of the packages that are installed by themselves. */
  versions: Record<string, string>
  uptimeMs: number
  /** Failed share of the calls of the last five minutes that were neither blocked nor cancelled; 0 when there were none. */
  errorRate: number
  /** p95 of provider-call latency over the last five minutes, in ms; 0 when there were none. */
  p95LatencyMs: number
}

/** What both builds are, and what the conformance suite holds. */
export interface Pipeline {
  chat(request: ChatRequest, context?: CallContext): Promise<ChatResult>
  stream(request: ChatRequest, context?: CallContext): ChatStream
  embed(request: EmbedRequest, context?: CallContext): Promise<EmbedResult>
  /** Answers within two seconds whatever is down, and spends no tokens. */
  health(): Promise<HealthReport>
  /**
   * Ends everything that both caches hold of a tenant, a model or a tag, or all of it, in every process that shares their stores: at
   * once in this one, within 250 ms in the others. What was asked for before is not stored, and nobody joins it any more. Rejects
   * with `StoreUnavailableError` when a store does not answer, and with `TypeError` unless exactly one thing is named.
   */
  invalidate(what: Invalidation): Promise<void>
  readonly metrics: MetricsCollector
  close(): Promise<void>
}
