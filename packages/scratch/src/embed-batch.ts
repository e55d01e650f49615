import {
  assertEmbedResponse,
  countTokens,
  estimateTokens,
  loadTokenizer,
  PlumblineError,
  shareTokens,
  splitTexts,
  UpstreamError,
  usageFromWire,
  vectorToBytes,
  type EmbedRequest,
  type TokenUsage,
  type VectorEntry,
} from '@plumbline/core'

import type { Budgets } from './budget.ts'
import type { Provider } from './provider.ts'
import { withRetry, type RetryParts } from './retry.ts'
import type { Waiting } from './single-flight.ts'

/** What is known of the requests that one call makes for its texts. */
export interface BatchFacts {
  /** Requests that have reached the provider. */
  attempts: number
  /** Those of them that are in no record yet. Whoever pays takes them into its own. */
  unrecorded: number
  /** Whether the provider was silent about what it counted. */
  usageEstimated: boolean
}

/** A vector as it came, and what whoever waited for it pays. */
export interface FetchedVector extends VectorEntry {
  /** Its own tokens, and, of one text of a batch, those of the texts that nobody waits for any more. */
  billedTokens: number
}

/** Texts that share one provider request. */
export interface Batch {
  readonly texts: readonly string[]
  /** The vector of `text`, for one who waits for it. The first who asks begins the request; it ends when nobody waits for any text. */
  vectorOf(text: string, waiting: Waiting): Promise<FetchedVector>
}

export interface BatchQuery {
  request: EmbedRequest
  /** Whose budget it is. */
  tenant: string
  /** All different. */
  texts: readonly string[]
  facts: BatchFacts
}

type BatchParts = RetryParts & { provider: Provider; budgets: Budgets | undefined }

/**
 * The texts in as many batches as the provider's limits demand. They are sent one after the other: when one fails, so do those after
 * it, unsent, since what fails most is a rate limit. The error says which it was (`part`).
 */
export function createBatches({ texts, ...query }: BatchQuery, parts: BatchParts): Batch[] {
  const limits = { maxTexts: parts.provider.maxEmbeddingTexts }
  const requests = splitTexts(texts, limits)
  let before: Promise<void> = Promise.resolve()
  return requests.map((batch, index) => {
    const part = { number: index + 1, of: requests.length }
    const { promise: over, resolve, reject } = Promise.withResolvers<void>()
    // Whoever waits is told by the vectors themselves.
    over.catch(() => {})
    const previous = before
    before = over

    const controller = new AbortController()
    const { signal } = controller
    const waits: Waiting['remainingMs'][] = []
    const remainingMs = (): number => Math.max(...waits.map((wait) => wait()))
    const wanted = new Set(batch)
    let vectors: Promise<Map<string, FetchedVector>> | undefined

    async function fetch(): Promise<Map<string, FetchedVector>> {
      try {
        await previous
        signal.throwIfAborted()
        const entries = await send({ ...query, texts: batch, signal, remainingMs }, parts)
        resolve()
        return billed(entries, wanted)
      } catch (error) {
        if (PlumblineError.isInstance(error) && part.of > 1) error.namePart(part)
        // Nobody waited for these texts: that is no failure of those after it.
        if (signal.aborted) resolve()
        else reject(error)
        throw error
      }
    }

    return {
      texts: batch,
      async vectorOf(text, waiting) {
        waits.push(waiting.remainingMs)
        const leave = (): void => {
          wanted.delete(text)
          if (wanted.size === 0) controller.abort(waiting.signal.reason)
        }
        waiting.signal.addEventListener('abort', leave, { once: true })
        vectors ??= fetch()
        return (await vectors).get(text) ?? missingVector()
      },
    }
  })
}

/** Those who are left pay for the whole request: the first of their texts bears the tokens of those that were left. */
function billed(
  entries: ReadonlyMap<string, VectorEntry>,
  wanted: ReadonlySet<string>,
): Map<string, FetchedVector> {
  let leftTokens = 0
  for (const [text, { inputTokens }] of entries) if (!wanted.has(text)) leftTokens += inputTokens
  const [bearer] = wanted
  return new Map(
    [...entries].map(([text, entry]) => {
      const billedTokens = entry.inputTokens + (text === bearer ? leftTokens : 0)
      return [text, { ...entry, billedTokens }]
    }),
  )
}

/** One provider request for the texts, and what each of them cost. */
async function send(
  { request, tenant, texts, facts, signal, remainingMs }: BatchQuery & Waiting,
  parts: BatchParts,
): Promise<Map<string, VectorEntry>> {
  const input = typeof request.input === 'string' ? request.input : [...texts]
  const estimatedTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0)
  const hold = parts.budgets?.open(tenant)
  const release = () => hold?.settle(undefined)
  signal.addEventListener('abort', release, { once: true })
  try {
    await hold?.reserve(request.model, inputUsage(estimatedTokens))
    const response = await withRetry(
      async (attempt) => {
        facts.attempts++
        facts.unrecorded++
        const answer = await parts.provider.embed({ ...request, input }, signal)
        assertEmbedResponse(answer, texts.length)
        attempt.succeeded()
        return answer
      },
      parts,
      { model: request.model, signal, remainingMs },
    )
    const reported = usageFromWire(response.usage)
    facts.usageEstimated ||= reported === undefined
    // Each text keeps its share, as what a later hit saves: here the estimate cannot wait for the record.
    if (reported === undefined) await loadTokenizer(request.model)
    const tokens = reported?.inputTokens ?? countTokens(texts, request.model)
    hold?.settle(inputUsage(tokens))
    const shares = shareTokens(texts, tokens)
    const vectors = new Map(response.data.map(({ index, embedding }) => [index, vectorToBytes(embedding)]))
    return new Map(
      texts.map((text, index) => [
        text,
        { vector: vectors.get(index) ?? missingVector(), inputTokens: shares[index] ?? 0 },
      ]),
    )
  } finally {
    release()
  }
}

/** The usage of an embedding request. */
export function inputUsage(inputTokens: number): TokenUsage {
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }
}

/** Throws `UpstreamError`. */
export function missingVector(): never {
  throw new UpstreamError('The provider answered without a vector for every text.')
}
