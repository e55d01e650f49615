import type { OpenAIClient } from '@langchain/openai'
import {
  assertEmbedResponse,
  countTokens,
  estimateTokens,
  loadTokenizer,
  PlumblineError,
  shareTokens,
  systemClock,
  UpstreamError,
  usageFromWire,
  vectorToBytes,
  type ChatChunk,
  type EmbedRequest,
  type RetryBudget,
  type RetryOptions,
  type Clock,
  type TokenUsage,
  type VectorEntry,
} from '@plumbline/core'

import type { Attempt, CircuitBreakers } from './breaker.ts'
import type { TenantBudgets } from './budget.ts'
import type { Batch, VectorCache, Vectors } from './embedding-cache.ts'
import { onceOptions } from './provider.ts'
import type { Begun } from './response-cache.ts'
import { withRetries } from './retry.ts'

/** What a batch is fetched with. */
export interface BatchParts {
  stages: {
    cache?: VectorCache | undefined
    budgets?: TenantBudgets | undefined
    retry?: RetryOptions | undefined
    retryBudget?: RetryBudget | undefined
    breakers?: CircuitBreakers | undefined
    clock?: Clock | undefined
    random?: (() => number) | undefined
  }
  client: OpenAIClient
  tenant: string | undefined
  /** What the call began under; undefined where nothing is kept. */
  begun: Begun | undefined
}

export interface BatchQuery {
  /** The one that the batch is for: its model, its dimensions, its unknown fields. */
  request: EmbedRequest
  /** The texts, by key. */
  textOf: ReadonlyMap<string, string>
  /** Which of the requests of one call this is. */
  part: { number: number; of: number }
  /** Resolves when the request before it is over; rejects when that has failed. */
  previous: Promise<void>
  /** Tells the one after it that this one has failed. */
  fail: (error: unknown) => void
  parts: BatchParts
}

/**
 * The work of a batch: one request, after the one before it. When that fails so does this one, unsent, since what fails most is a rate
 * limit. The error says which it was (`part`).
 */
export async function* fetchBatch(
  batch: Batch,
  { request, textOf, part, previous, fail, parts }: BatchQuery,
): AsyncGenerator<ChatChunk, Vectors, undefined> {
  // A flight is worked by a generator; vectors come without chunks.
  yield* []
  const texts = [...textOf.values()]
  const input = typeof request.input === 'string' ? request.input : texts
  try {
    await previous
    batch.signal.throwIfAborted()
    const entries = await ask(batch, { ...request, input }, texts, parts)
    return keep(entries, batch, textOf, parts)
  } catch (error) {
    if (PlumblineError.isInstance(error) && part.of > 1) error.namePart(part)
    fail(error)
    throw error
  }
}

/** The vectors by key, each of them stored: what has come stays, whatever becomes of the next request. */
function keep(
  entries: readonly VectorEntry[],
  { report }: Batch,
  textOf: ReadonlyMap<string, string>,
  { stages: { cache }, begun }: BatchParts,
): Vectors {
  const vectors = new Map<string, VectorEntry>()
  for (const [index, key] of [...textOf.keys()].entries()) {
    const entry = entries[index] ?? missingVector()
    report.sent.add(key)
    vectors.set(key, entry)
    cache?.write(key, entry, begun)
  }
  return vectors
}

/** One request of the provider: a vector for each text, and what each of them cost. */
async function ask(
  batch: Batch,
  request: EmbedRequest,
  texts: readonly string[],
  { stages, client, tenant }: BatchParts,
): Promise<VectorEntry[]> {
  const { retry, retryBudget, breakers, clock = systemClock, random = Math.random } = stages
  const { report, signal } = batch
  // Base64 as the SDK asks by default, which decodes only what it asked for itself. The same JSON under open types.
  const body = { encoding_format: 'base64', ...request } as OpenAIClient.EmbeddingCreateParams
  const estimatedTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0)
  async function attempt(entered: Attempt): Promise<VectorEntry[]> {
    report.attempts++
    const response: unknown = await client.embeddings.create(body, onceOptions(signal))
    assertEmbedResponse(response, texts.length)
    entered.succeeded()
    const { data, usage } = response
    const reported = usageFromWire(usage)
    // Each text keeps its share, as what a later hit saves: here the estimate cannot wait for the record.
    if (reported === undefined) await loadTokenizer(request.model)
    const tokens = reported?.inputTokens ?? countTokens(texts, request.model)
    hold?.settle(inputUsage(tokens))
    report.usageEstimated ||= reported === undefined
    report.usage.inputTokens += tokens
    const shares = shareTokens(texts, tokens)
    const vectorAt = new Map(data.map(({ index, embedding }) => [index, vectorToBytes(embedding)]))
    return texts.map((_, index) => ({
      vector: vectorAt.get(index) ?? missingVector(),
      inputTokens: shares[index] ?? 0,
    }))
  }
  const hold = stages.budgets?.open(tenant)
  const release = () => hold?.settle(undefined)
  signal.addEventListener('abort', release, { once: true })
  try {
    await hold?.reserve(request.model, inputUsage(estimatedTokens))
    return await withRetries(attempt, {
      model: request.model,
      retry,
      retryBudget,
      breakers,
      clock,
      random,
      signal,
      remainingMs: () => batch.remainingMs(),
    })
  } finally {
    signal.removeEventListener('abort', release)
    release()
  }
}

/** Throws `UpstreamError`. */
export function missingVector(): never {
  throw new UpstreamError('The provider answered without a vector for every text.')
}

/** The usage of an embedding request. */
export function inputUsage(inputTokens: number): TokenUsage {
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }
}
