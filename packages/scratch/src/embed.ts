import {
  assertCallContext,
  assertEmbedRequest,
  copyJson,
  embeddingItem,
  failureOf,
  toPlumblineError,
  type CacheStatus,
  type CallContext,
  type EmbedRequest,
  type EmbedResult,
  type GuardrailPolicy,
  type KeyScope,
  type VectorEntry,
  type Verdict,
} from '@plumbline/core'

import type { Budgets } from './budget.ts'
import {
  createBatches,
  inputUsage,
  missingVector,
  type Batch,
  type BatchFacts,
  type FetchedVector,
} from './embed-batch.ts'
import { openDeadline, type Deadline } from './deadline.ts'
import type { Begun, EmbeddingCache } from './embedding-cache.ts'
import { guardTexts } from './guardrails.ts'
import type { CallEnd, Recorder } from './metrics.ts'
import type { Provider } from './provider.ts'
import type { RetryParts } from './retry.ts'
import type { Flights, Lead, Member } from './single-flight.ts'

export interface EmbedParts extends RetryParts {
  budgets: Budgets | undefined
  provider: Provider
  guardrails: GuardrailPolicy | false
  cache: EmbeddingCache
  /** One flight per text: those of one batch share its provider call. */
  flights: Flights<FetchedVector, BatchFacts>
  recorder: Recorder
  strictPrices: boolean
  deadlineMs: number
  /** See `PipelineOptions`. */
  maxRequestBytes: number | undefined
}

type Seat = Member<FetchedVector, BatchFacts>

/** Vectors for one text or many: those in the cache are not asked for, the others once each. Leaves one record. */
export async function embed(
  parts: EmbedParts,
  asked: EmbedRequest,
  context: CallContext = {},
): Promise<EmbedResult> {
  assertEmbedRequest(asked, parts)
  assertCallContext(context)
  const request = copyJson(asked)
  const { recorder, clock } = parts
  const { tenant = 'default' } = context
  const tags = context.cacheTags?.slice()
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
    const guarded = await guardTexts(parts.guardrails, request, {
      clock,
      signal: deadline.signal,
      onVerdicts: (found) => void verdicts.push(...found),
    })
    const texts = typeof guarded.input === 'string' ? [guarded.input] : guarded.input
    const scope: KeyScope = {
      tenant,
      tags,
      provider: parts.provider.identity,
      policyFingerprint: parts.guardrails ? parts.guardrails.fingerprint : 'none',
    }
    keys = texts.map((text) => parts.cache.keyOf(text, guarded, scope))
    const textOfKey = new Map(keys.map((key, index) => [key, texts[index] ?? '']))

    const begun = await deadline.race(parts.cache.begin({ tenant, model: request.model, tags }))
    const wanted = { request: guarded, tenant, begun, deadline }
    // What is in flight is not in the store yet, and may have landed by the time that the store answers.
    const inFlight = [...textOfKey].filter(([key]) => parts.flights.has(flightKeyOf(parts, key, begun)))
    takeSeats(parts, { ...wanted, texts: new Map(inFlight) }, seats)
    const others = [...textOfKey.keys()].filter((key) => !seats.has(key))
    const found = await deadline.race(parts.cache.read(others, request.dimensions, begun))
    for (const [index, key] of others.entries()) {
      const entry = found[index]
      if (entry) cached.set(key, entry)
      else textsToFetch.set(key, textOfKey.get(key) ?? '')
    }
    takeSeats(parts, { ...wanted, texts: textsToFetch }, seats)

    const fetched = await Promise.all(
      [...seats].map(async ([key, seat]) => [key, await seat.result()] as const),
    )
    const vectors = new Map<string, VectorEntry & Partial<FetchedVector>>([...cached, ...fetched])
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
async function vectorsOf(seats: ReadonlyMap<string, Seat>): Promise<Map<string, FetchedVector>> {
  const vectors = new Map<string, FetchedVector>()
  for (const [key, seat] of seats) {
    const entry = seat.hasEnded() ? await seat.result().catch(() => undefined) : undefined
    if (entry) vectors.set(key, entry)
  }
  return vectors
}

/** Nobody joins what was begun before an invalidation. Without a cache each call pays for its own. */
function flightKeyOf({ cache }: EmbedParts, key: string, { epochs }: Begun): string | undefined {
  return cache.store && `${key} ${epochs}`
}

interface Wanted {
  request: EmbedRequest
  tenant: string
  /** By key. */
  texts: ReadonlyMap<string, string>
  begun: Begun
  deadline: Deadline
}

/** A seat for each text: in the flight that fetches it already, or in a new one; the new ones share provider requests. */
function takeSeats(
  parts: EmbedParts,
  { request, tenant, texts, begun, deadline }: Wanted,
  seats: Map<string, Seat>,
): void {
  const facts: BatchFacts = { attempts: 0, unrecorded: 0, usageEstimated: false }
  const batchOf = new Map<string, Batch>()
  const leadFor = (key: string, text: string): Lead<FetchedVector> =>
    async function* lead(waiting) {
      // A flight is led by a generator; a vector has no chunks.
      yield* []
      const entry = (await batchOf.get(text)?.vectorOf(text, waiting)) ?? missingVector()
      parts.cache.write(key, entry, begun)
      return entry
    }

  const started: string[] = []
  for (const [key, text] of texts) {
    const seat = parts.flights.join(flightKeyOf(parts, key, begun), facts, deadline, leadFor(key, text))
    seats.set(key, seat)
    if (!seat.joined) started.push(text)
  }
  // A flight leads when it is first waited for, so what it leads with can be made now.
  for (const batch of createBatches({ request, tenant, texts: started, facts }, parts)) {
    for (const text of batch.texts) batchOf.set(text, batch)
  }
}

/** A text is paid by the oldest caller that waits for it; a cached one, one asked twice, or one that another pays, is saved. */
function spending(
  cache: EmbeddingCache,
  keys: readonly string[],
  seats: ReadonlyMap<string, Seat>,
  vectors: ReadonlyMap<string, VectorEntry & Partial<FetchedVector>>,
): Omit<CallEnd, 'outcome'> {
  let allBilled = 0
  let savedTokens = 0
  let usageEstimated = false
  const paid = new Set<string>()
  for (const key of keys) {
    const { inputTokens: tokens = 0, billedTokens = tokens } = vectors.get(key) ?? {}
    const seat = seats.get(key)
    if (seat?.paysForIt() && !paid.has(key)) {
      allBilled += billedTokens
      usageEstimated ||= seat.facts.usageEstimated
    } else savedTokens += tokens
    paid.add(key)
  }
  const attempts = takeAttempts(seats, vectors)
  const hasStarted = [...seats.values()].some((seat) => !seat.joined)
  return {
    cacheStatus: cacheStatusOf(cache, seats, hasStarted || attempts > 0),
    attempts,
    billedUsage: inputUsage(allBilled),
    savedUsage: inputUsage(savedTokens),
    usageEstimated,
  }
}

/** Requests are recorded once: by the first who pays for a vector of theirs, or, where none came, for all that it waited for. */
function takeAttempts(seats: ReadonlyMap<string, Seat>, vectors: ReadonlyMap<string, unknown>): number {
  let attempts = 0
  for (const facts of new Set([...seats.values()].map((seat) => seat.facts))) {
    const asked = [...seats].filter(([, seat]) => seat.facts === facts)
    const pays = asked.some(([key, seat]) => seat.paysForIt() && vectors.has(key))
    if (!pays && !asked.every(([, seat]) => seat.paysForIt())) continue
    attempts += facts.unrecorded
    facts.unrecorded = 0
  }
  return attempts
}

function cacheStatusOf(
  cache: EmbeddingCache,
  seats: ReadonlyMap<string, Seat>,
  hasAsked: boolean,
): CacheStatus {
  if (cache.store === undefined) return 'off'
  if (hasAsked) return 'miss'
  return seats.size > 0 ? 'coalesced' : 'hit'
}
