import { randomUUID } from 'node:crypto'

import type { CacheStatus, CallOutcome, LLMCallMetrics } from '@plumbline/core'
import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { BaseMessage, UsageMetadata } from '@langchain/core/messages'
import type { LLMResult } from '@langchain/core/outputs'

/** What the caller knows of the call before it is made. */
export interface CallLabels {
  stream: boolean
  provider: string
  model: string
  tenant: string
  endpoint?: string
  promptVersion?: string
  /** What to say of the cache unless it hits. */
  cacheStatus: CacheStatus
}

/**
 * Makes the record of one call from LangChain's events.
 *
 * https://js.langchain.com/docs/how_to/chat_token_usage_tracking/, "Using callbacks" (read 2026-11-24): `handleLLMEnd` gets the
 * output with its usage, which is the `usage_metadata` of the message.
 * It is awaited, so that the record is there when the answer is. https://js.langchain.com/docs/how_to/callbacks_serverless/ (read
 * 2026-11-24) asks for that in serverless environments only, by an environment variable; this is the same for one handler.
 */
export class UsageHandler extends BaseCallbackHandler {
  name = 'usage_handler'
  override awaitHandlers = true
  /** Undefined until the call has ended and the event of it has been handled. */
  record: LLMCallMetrics | undefined
  readonly #labels: CallLabels
  readonly #save: (record: LLMCallMetrics) => void
  #startedAt = { timestamp: Date.now(), monotonicMs: performance.now() }
  #firstTextMs: number | undefined
  #texts = 0
  #lastTextMs = 0

  constructor(labels: CallLabels, save: (record: LLMCallMetrics) => void) {
    super()
    this.#labels = labels
    this.#save = save
  }

  override handleChatModelStart(): void {
    this.#startedAt = { timestamp: Date.now(), monotonicMs: performance.now() }
  }

  override handleLLMNewToken(token: string): void {
    if (token === '') return
    this.#lastTextMs = performance.now()
    this.#firstTextMs ??= this.#lastTextMs
    this.#texts++
  }

  override handleLLMEnd(
    output: LLMResult,
    _runId: string,
    _parentRunId?: string,
    _tags?: string[],
    extra?: Record<string, unknown>,
  ): void {
    const generation = output.generations[0]?.[0]
    // A chat model generates messages; the type is that of all language models.
    const message = (generation as { message?: BaseMessage & { usage_metadata?: UsageMetadata } } | undefined)
      ?.message
    const usage = message?.usage_metadata
    const hit = extra?.cached === true
    const outcome = outcomeOf(message?.response_metadata?.finish_reason)
    this.#finish({
      inputTokens: usage?.input_tokens ?? 0,
      cachedInputTokens: usage?.input_token_details?.cache_read ?? 0,
      outputTokens: usage?.output_tokens ?? 0,
      reasoningTokens: usage?.output_token_details?.reasoning ?? 0,
      success: outcome === 'success',
      outcome,
      // Retries are invisible to a handler: an answer is one attempt.
      ...(hit ? { cacheStatus: 'hit' as const, attempts: 0 } : { attempts: 1 }),
    })
  }

  override handleLLMError(error: unknown): void {
    const cancelled =
      error instanceof Error && (error.name === 'AbortError' || error.message === 'AbortError')
    this.#finish({
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      success: false,
      outcome: cancelled ? 'cancelled' : 'error',
      error: describeError(error),
      attempts: 1,
    })
  }

  #finish(ending: Omit<LLMCallMetrics, keyof Fixed | 'cacheStatus'> & { cacheStatus?: CacheStatus }): void {
    const { timestamp, monotonicMs } = this.#startedAt
    const first = this.#labels.stream ? this.#firstTextMs : undefined
    const spanMs = this.#lastTextMs - (first ?? 0)
    this.record = {
      id: randomUUID(),
      operation: 'chat',
      ...this.#labels,
      timestamp,
      latencyMs: performance.now() - monotonicMs,
      ...(first === undefined ? {} : { timeToFirstChunkMs: first - monotonicMs }),
      ...(first === undefined || spanMs === 0
        ? {}
        : { chunksPerSecond: (this.#texts - 1) / (spanMs / 1000) }),
      usageEstimated: false,
      ...nothingPriced,
      ...ending,
    }
    this.#save(this.record)
  }
}

const nothingPriced = {
  costNanoUsd: 0,
  savedNanoUsd: 0,
  savedTokens: 0,
  priceSource: 'fallback',
  priceDate: 'none',
} as const

type Fixed = Omit<CallLabels, 'cacheStatus'> &
  typeof nothingPriced & {
    id: string
    operation: 'chat'
    timestamp: number
    latencyMs: number
    timeToFirstChunkMs?: number
    chunksPerSecond?: number
    usageEstimated: boolean
  }

function outcomeOf(finishReason: unknown): CallOutcome {
  return finishReason === 'length' || finishReason === 'content_filter' ? finishReason : 'success'
}

/** LangChain's own code for the error where it has one, else the provider's. */
function describeError(error: unknown): { name: string; code: string } {
  if (!(error instanceof Error)) return { name: 'Error', code: 'unknown' }
  const code = 'lc_error_code' in error ? error.lc_error_code : 'code' in error ? error.code : undefined
  return { name: error.name, code: typeof code === 'string' ? code : 'unknown' }
}
