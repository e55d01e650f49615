import {
  assertEmbedRequest,
  assertEmbedResponse,
  embeddingItem,
  estimateTokens,
  failureOf,
  shareTokens,
  toPlumblineError,
  UpstreamError,
  usageFromWire,
  vectorToBytes,
  type CacheStatus,
  type CallContext,
  type EmbedRequest,
  type EmbedResult,
  type GuardrailPolicy,
  type KeyScope,
  type TokenUsage,
  type VectorEntry,
  type Verdict,
} from '@plumbline/core'

import type { Budgets } from './budget.ts'
import { openDeadline, type Deadline } from './deadline.ts'
import type { EmbeddingCache } from './embedding-cache.ts'
import { guardTexts } from './guardrails.ts'
import type { CallEnd, Recorder } from './metrics.ts'
import type { Provider } from './provider.ts'
import { withRetry, type RetryParts } from './retry.ts'
import type { Flights, Lead, Member } from './single-flight.ts'

/** What is known of a batch in flight. */
export interface BatchFacts {
  /** Requests that have reached the provider. */
  attempts: number
  /** Whether the provider was silent about what it counted. */
  usageEstimated: boolean
}

export interface EmbedParts extends RetryParts {
  budgets: Budgets | undefined
  provider: Provider
  guardrails: GuardrailPolicy | false
  cache: EmbeddingCache
  /** One flight per text: those of one batch share its provider call. */
  flights: Flights<VectorEntry, BatchFacts>
  recorder: Recorder
  strictPrices: boolean
  deadlineMs: number
  /** See `PipelineOptions`. */
  maxRequestBytes: number | undefined
}

type Seat = Member<VectorEntry, BatchFacts>

/** Vectors for one text or many: those in the cache are not asked for, the others once each. Leaves one record. */
export async function embed(
  parts: EmbedParts,
  request: EmbedRequest,
  context: CallContext = {},
): Promise<EmbedResult> {
  assertEmbedRequest(request, parts)
  const { recorder, clock } = parts
  const { tenant = 'default' } = context
  const call = recorder.open({ operation: 'embed', stream: false, model: request.model }, context)
  const deadline = openDeadline({
    clock,
    limitMs: context.deadlineMs ?? parts.deadlineMs,
    signal: context.signal,
  })
  const verdicts: Verdict[] = []
  const seats = new Map<string, Seat>()
  const cached = new Map<string, VectorEntry>()
  const textsToFetch = new Map<string, string>()
  let keys: readonly string[] = []
  try {
    deadline.signal.throwIfAborted()
    if (parts.strictPrices) await recorder.assertPriced(request.model)
    const guarded = guardTexts(parts.guardrails, request, (found) => verdicts.push(...found))
    const texts = typeof guarded.input === 'string' ? [guarded.input] : guarded.input
    const scope: KeyScope = {
      tenant,
      provider: parts.provider.identity,
      policyFingerprint: parts.guardrails ? parts.guardrails.fingerprint : 'none',
    }
    keys = texts.map((text) => parts.cache.keyOf(text, guarded, scope))
    const textOfKey = new Map(keys.map((key, index) => [key, texts[index] ?? '']))

    const wanted = [...textOfKey.keys()]
    const found = await deadline.race(parts.cache.read(wanted, request.dimensions))
    for (const [index, key] of wanted.entries()) {
      const entry = found[index]
      if (entry) cached.set(key, entry)
      else textsToFetch.set(key, textOfKey.get(key) ?? '')
    }
    takeSeats(parts, { request: guarded, tenant, texts: textsToFetch, deadline }, seats)

    const fetched = await Promise.all(
      [...seats].map(async ([key, seat]) => [key, await seat.result()] as const),
    )
    const vectors = new Map([...cached, ...fetched])
    const entries = keys.map((key) => vectors.get(key) ?? missingVector())
    const data = entries.map(({ vector }, index) => embeddingItem(index, vector, request.encoding_format))
    const promptTokens = entries.reduce((sum, { inputTokens }) => sum + inputTokens, 0)
    call.sawVerdicts(verdicts)
    return {
      response: {
        object: 'list',
        data,
        model: request.model,
        usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
      },
      metrics: await call.end({ ...spending(parts.cache, keys, seats, vectors), outcome: 'success' }),
    }
  } catch (thrown) {
    for (const seat of seats.values()) seat.leave()
    const error = toPlumblineError(thrown, clock.now())
    // What came and is paid for is billed, whatever became of the other texts; a call without an answer saves nothing.
    const spent = spending(parts.cache, keys, seats, await vectorsOf(seats))
    // An error is shared by all who wait for a text: each of them tells of the same requests.
    error.attempts = Math.max(0, ...[...seats.values()].map(({ facts }) => facts.attempts))
    call.sawVerdicts(verdicts)
    await call.end({
      ...spent,
      savedUsage: inputUsage(0),
      error,
      ...failureOf(error),
    })
    throw error
  } finally {
    deadline.close()
  }
}

/** The vectors of the seats whose flights have ended well. */
async function vectorsOf(seats: ReadonlyMap<string, Seat>): Promise<Map<string, VectorEntry>> {
  const vectors = new Map<string, VectorEntry>()
  for (const [key, seat] of seats) {
    const entry = seat.hasEnded() ? await seat.result().catch(() => undefined) : undefined
    if (entry) vectors.set(key, entry)
  }
  return vectors
}

interface Wanted {
  request: EmbedRequest
  tenant: string
  /** By key. */
  texts: ReadonlyMap<string, string>
  deadline: Deadline
}

/** A seat for each text: in the flight that fetches it already, or in a new one; the new ones are one provider call. */
function takeSeats(
  parts: EmbedParts,
  { request, tenant, texts, deadline }: Wanted,
  seats: Map<string, Seat>,
): void {
  const facts: BatchFacts = { attempts: 0, usageEstimated: false }
  const controller = new AbortController()
  const batch: string[] = []
  let vectors: Promise<VectorEntry[]> | undefined
  let wanted = 0
  const waits: (() => number)[] = []
  const remainingMs = (): number => Math.max(...waits.map((wait) => wait()))

  const leadFor = (key: string, text: string): Lead<VectorEntry> =>
    async function* lead({ signal, remainingMs: wait }) {
      // A flight is led by a generator; a vector has no chunks.
      yield* []
      waits.push(wait)
      // The provider call ends when nobody waits for any of its texts.
      signal.addEventListener('abort', () => --wanted === 0 && controller.abort(signal.reason), {
        once: true,
      })
      vectors ??= fetchBatch(parts, { request, tenant, batch, facts, signal: controller.signal, remainingMs })
      const entry = (await vectors)[batch.indexOf(text)] ?? missingVector()
      parts.cache.write(key, entry)
      return entry
    }

  for (const [key, text] of texts) {
    const seat = parts.flights.join(parts.cache.store && key, facts, deadline, leadFor(key, text))
    seats.set(key, seat)
    if (seat.joined) continue
    batch.push(text)
    wanted++
  }
}

interface Batch {
  request: EmbedRequest
  tenant: string
  batch: readonly string[]
  facts: BatchFacts
  signal: AbortSignal
  remainingMs: () => number
}

/** One provider call for the texts of a batch, and what each of them cost. */
async function fetchBatch(
  parts: EmbedParts,
  { request, tenant, batch, facts, signal, remainingMs }: Batch,
): Promise<VectorEntry[]> {
  const input = typeof request.input === 'string' ? request.input : [...batch]
  const estimatedTokens = batch.reduce((sum, text) => sum + estimateTokens(text), 0)
  const hold = parts.budgets?.open(tenant)
  const release = () => hold?.settle(undefined)
  signal.addEventListener('abort', release, { once: true })
  try {
    await hold?.reserve(request.model, inputUsage(estimatedTokens))
    const response = await withRetry(
      async (attempt) => {
        facts.attempts++
        const answer = await parts.provider.embed({ ...request, input }, signal)
        assertEmbedResponse(answer, batch.length)
        attempt.succeeded()
        return answer
      },
      parts,
      { model: request.model, signal, remainingMs },
    )
    const reported = usageFromWire(response.usage)
    facts.usageEstimated = reported === undefined
    const tokens = reported?.inputTokens ?? estimatedTokens
    hold?.settle(inputUsage(tokens))
    const shares = shareTokens(batch, tokens)
    const vectors = new Map(response.data.map(({ index, embedding }) => [index, vectorToBytes(embedding)]))
    return batch.map((_, index) => ({
      vector: vectors.get(index) ?? missingVector(),
      inputTokens: shares[index] ?? 0,
    }))
  } finally {
    release()
  }
}

function missingVector(): never {
  throw new UpstreamError('The provider answered without a vector for every text.')
}

/** A text is paid by the oldest caller that waits for it; a cached one, one asked twice, or one that another pays, is saved. */
function spending(
  cache: EmbeddingCache,
  keys: readonly string[],
  seats: ReadonlyMap<string, Seat>,
  vectors: ReadonlyMap<string, VectorEntry>,
): Omit<CallEnd, 'outcome'> {
  let billedTokens = 0
  let savedTokens = 0
  let usageEstimated = false
  const paid = new Set<string>()
  for (const key of keys) {
    const tokens = vectors.get(key)?.inputTokens ?? 0
    const seat = seats.get(key)
    if (seat?.paysForIt() && !paid.has(key)) {
      billedTokens += tokens
      usageEstimated ||= seat.facts.usageEstimated
    } else savedTokens += tokens
    paid.add(key)
  }
  const started = [...seats.values()].filter((seat) => !seat.joined)
  return {
    cacheStatus: cacheStatusOf(cache, seats, started.length),
    attempts: started[0]?.facts.attempts ?? 0,
    billedUsage: inputUsage(billedTokens),
    savedUsage: inputUsage(savedTokens),
    usageEstimated,
  }
}

function cacheStatusOf(
  cache: EmbeddingCache,
  seats: ReadonlyMap<string, Seat>,
  started: number,
): CacheStatus {
  if (cache.store === undefined) return 'off'
  if (started > 0) return 'miss'
  return seats.size > 0 ? 'coalesced' : 'hit'
}

function inputUsage(inputTokens: number): TokenUsage {
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }
}
