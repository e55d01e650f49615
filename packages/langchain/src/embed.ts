import { OpenAIClient, OpenAIEmbeddings, type OpenAIEmbeddingsParams } from '@langchain/openai'
import {
  assertCallContext,
  assertEmbedRequest,
  copyJson,
  countInFlight,
  countVerdicts,
  embeddingItem,
  splitTexts,
  systemClock,
  toPlumblineError,
  vectorKey,
  type CallContext,
  type CallFacts,
  type EmbedRequest,
  type EmbedResult,
  type KeyScope,
  type Verdict,
} from '@plumbline/core'
import type { ClientOptions } from 'openai'

import { endingOf } from './call-facts.ts'
import type { Stages } from './answer.ts'
import { guardTexts } from './guardrails.ts'
import { openDeadline, untilAborted, type Deadline } from './deadline.ts'
import { fetchBatch, inputUsage, missingVector, type BatchParts, type BatchQuery } from './embed-batch.ts'
import type { Batch, BatchReport, VectorCache, Vectors } from './embedding-cache.ts'
import { keepRequests } from './kept-requests.ts'
import { MetricsCallbackHandler } from './metrics.ts'
import { providerIdentity } from './provider.ts'
import type { Begun } from './response-cache.ts'
import { Flight, type FlightMember } from './single-flight.ts'

/** What surrounds an embedding request: that of a chat call, with a cache of vectors. */
export interface EmbedStages extends Omit<Stages, 'cache'> {
  cache?: VectorCache | undefined
  /** See `PipelineOptions`. */
  maxRequestBytes?: number | undefined
}

export interface CachedEmbeddingsFields extends Partial<OpenAIEmbeddingsParams> {
  apiKey?: NonNullable<ClientOptions['apiKey']>
  configuration?: ClientOptions
  stages?: EmbedStages
  /** Tenant and labels of the calls that LangChain makes: its `Embeddings` take no options per call. */
  context?: CallContext
}

/** One request between its start and its record. */
interface EmbedCall {
  keys: readonly string[]
  verdicts: Verdict[]
  members: Member[]
  vectors: Vectors
}

type Member = FlightMember<Vectors, BatchReport>

/** What one call asks for. */
interface EmbedQuery {
  /** The guarded one. */
  request: EmbedRequest
  context: CallContext
  begun: Begun | undefined
  deadline: Deadline
  /** The texts, by key, of which it is not known yet where their vectors come from. */
  missing: Map<string, string>
}

/** Nobody joins what was begun before an invalidation. */
const flightKey = (key: string, begun: Begun | undefined): string => `${key} ${begun?.epochs}`

/** OpenAI's limit on the texts of one request (API reference, read 2026-11-23). */
const maxBatchSize = 2048

/**
 * `OpenAIEmbeddings` that asks for no text twice: documents and queries alike are kept as float32, one entry per text, and
 * those in flight are shared.
 *
 *     const embeddings = new CachedEmbeddings({ model: 'text-embedding-3-small', stages: { cache: new VectorCache() } })
 *
 * Each request leaves one record in `metrics`, with hits as savings. Takes the place of `CacheBackedEmbeddings`, which sends
 * queries (EMB-02) and repeated texts (EMB-01) each time, mixes models in its default namespace (EMB-03) and keeps vectors as
 * JSON (EMB-04).
 */
export class CachedEmbeddings extends OpenAIEmbeddings {
  readonly handler: MetricsCallbackHandler
  readonly #stages: EmbedStages
  readonly #context: CallContext

  constructor(fields: CachedEmbeddingsFields = {}) {
    const { stages = {}, context = {}, ...openAI } = fields
    // Replacing newlines, LangChain's default, makes another text of it.
    super({ batchSize: maxBatchSize, stripNewLines: false, ...openAI })
    this.#stages = stages
    this.#context = context
    this.handler =
      stages.metrics ?? new MetricsCallbackHandler({ clock: stages.clock, provider: stages.providerName })
  }

  /** LangChain's seam: what `embedDocuments` and `embedQuery` send. */
  override async embeddingWithRetry(
    request: OpenAIClient.EmbeddingCreateParams,
  ): Promise<OpenAIClient.CreateEmbeddingResponse> {
    // The wire types of `core` are open where the SDK's are closed: the same JSON. Likewise below.
    const { response } = await this.embed(request as unknown as EmbedRequest, this.#context)
    return response as unknown as OpenAIClient.CreateEmbeddingResponse
  }

  /** One request as it is on the wire. Rejects with a `PlumblineError`; leaves one record, unless it is invalid. */
  async embed(asked: EmbedRequest, context: CallContext = {}): Promise<EmbedResult> {
    assertEmbedRequest(asked, this.#stages)
    assertCallContext(context)
    const request = copyJson(asked)
    const { clock = systemClock, deadlineMs = 60_000, strictPrices } = this.#stages
    const deadline = openDeadline({
      clock,
      limitMs: context.deadlineMs ?? deadlineMs,
      signal: context.signal,
    })
    const timestamp = clock.now()
    const startMs = clock.monotonicMs()
    const call: EmbedCall = { keys: [], verdicts: [], members: [], vectors: new Map() }
    const record = (ending: Pick<CallFacts, 'outcome' | 'error' | 'blockedBy'>) => {
      const { tenant, endpoint, promptVersion } = context
      const latencyMs = clock.monotonicMs() - startMs
      countVerdicts(this.handler.metrics, call.verdicts)
      const labels = {
        operation: 'embed',
        stream: false,
        model: request.model,
        tenant,
        endpoint,
        promptVersion,
      } as const
      return this.handler.record({ ...labels, ...this.#spending(call), ...ending, timestamp, latencyMs })
    }

    countInFlight(this.handler.metrics, 1)
    try {
      deadline.signal.throwIfAborted()
      if (strictPrices) await this.handler.assertPriced(request.model)
      const { verdicts } = call
      const { signal } = deadline
      const { guardrails } = this.#stages
      const guarded = guardrails
        ? await guardTexts(guardrails, request, { verdicts, signal, clock })
        : request
      const texts = typeof guarded.input === 'string' ? [guarded.input] : guarded.input
      const scope = this.#scope(context)
      const keys = texts.map((text) => vectorKey(text, guarded, scope))
      const textOf = new Map(keys.map((key, index) => [key, texts[index] ?? '']))
      const begun = await this.#begin(guarded, context, signal)
      const query: EmbedQuery = { request: guarded, context, begun, deadline, missing: new Map(textOf) }
      // What is in flight is not in the store yet.
      call.members.push(...this.#joinOthers(query))
      const stored = await untilAborted(this.#takeStored(query), signal)
      // Others may have begun meanwhile.
      call.members.push(...this.#joinOthers(query), ...this.#start(query))
      const batches = await Promise.all(call.members.map((member) => member.result()))
      call.vectors = new Map([...stored, ...batches.flatMap((batch) => [...batch])])
      call.keys = keys
      const entries = keys.map((key) => call.vectors.get(key) ?? missingVector())
      const tokens = entries.reduce((sum, { inputTokens }) => sum + inputTokens, 0)
      return {
        response: {
          object: 'list',
          data: entries.map(({ vector }, index) => embeddingItem(index, vector, request.encoding_format)),
          model: request.model,
          usage: { prompt_tokens: tokens, total_tokens: tokens },
        },
        metrics: await record({ outcome: 'success' }),
      }
    } catch (thrown) {
      for (const member of call.members) member.leave()
      const error = toPlumblineError(thrown, clock.now())
      error.attempts = call.members.reduce((sum, { report }) => sum + report.attempts, 0)
      await record(endingOf(error))
      throw error
    } finally {
      countInFlight(this.handler.metrics, -1)
      deadline.close()
    }
  }

  #parts({ tenant }: CallContext, begun: Begun | undefined): BatchParts {
    if (this.client === undefined) {
      this.client = new OpenAIClient(this.clientConfig)
      if (typeof this.clientConfig.apiKey === 'string') keepRequests(this.client)
    }
    return { stages: this.#stages, client: this.client, tenant, begun }
  }

  async #begin(
    { model }: EmbedRequest,
    { tenant = 'default', cacheTags: tags }: CallContext,
    signal: AbortSignal,
  ): Promise<Begun | undefined> {
    const { cache } = this.#stages
    return cache && untilAborted(cache.begin({ tenant, model, tags }), signal)
  }

  #scope({ tenant = 'default', cacheTags: tags }: CallContext): KeyScope {
    const { guardrails, providerName } = this.#stages
    const provider = providerIdentity(providerName, this.clientConfig.baseURL)
    return { tenant, tags, provider, policyFingerprint: guardrails?.fingerprint ?? 'none' }
  }

  /** A place in each request that fetches one of these texts already. */
  #joinOthers({ begun, deadline, missing }: EmbedQuery): Member[] {
    const batches = new Set<Batch>()
    for (const key of missing.keys()) {
      const batch = this.#stages.cache?.inFlight.get(flightKey(key, begun))
      if (batch === undefined) continue
      batches.add(batch)
      missing.delete(key)
    }
    return [...batches].map((batch) => batch.join(deadline))
  }

  /** The vectors that the store has. */
  async #takeStored({ request, begun, missing }: EmbedQuery): Promise<Vectors> {
    const { cache } = this.#stages
    const stored: Vectors = (await cache?.read([...missing.keys()], request.dimensions, begun)) ?? new Map()
    for (const key of stored.keys()) missing.delete(key)
    return stored
  }

  /** A place in new requests for the texts that are left: in as few as the provider's limits demand, one after the other. */
  #start({ request, context, begun, deadline, missing }: EmbedQuery): Member[] {
    // Without a cache each call pays for its own.
    const inFlight = this.#stages.cache?.inFlight
    const parts = this.#parts(context, begun)
    const rest = [...missing]
    const requests = splitTexts([...missing.values()], { maxTexts: this.batchSize })
    let previous: Promise<void> = Promise.resolve()
    return requests.map(({ length }, index) => {
      const textOf = new Map(rest.splice(0, length))
      const { promise: over, resolve, reject } = Promise.withResolvers<void>()
      // Whoever waits is told by the flight itself.
      over.catch(() => {})
      const part = { number: index + 1, of: requests.length }
      const query: BatchQuery = { request, textOf, part, previous, fail: reject, parts }
      previous = over
      const onShut = (): void => {
        for (const key of textOf.keys()) inFlight?.delete(flightKey(key, begun))
        // Where nobody waits for these texts any more, too: that is no failure of those after them.
        resolve()
      }
      const report: BatchReport = {
        attempts: 0,
        usage: inputUsage(0),
        usageEstimated: false,
        sent: new Set(),
      }
      const batch: Batch = new Flight((flight) => fetchBatch(flight, query), {
        report,
        onShut,
        sharesResult: true,
      })
      for (const key of textOf.keys()) inFlight?.set(flightKey(key, begun), batch)
      return batch.join(deadline)
    })
  }

  /** The oldest member pays for a batch; a stored text, one asked for twice and one that another pays for are saved. */
  #spending({
    keys,
    members,
    vectors,
  }: EmbedCall): Pick<CallFacts, 'cacheStatus' | 'attempts'> & Partial<CallFacts> {
    const paid = members.filter((member) => member.pays()).map(({ report }) => report)
    const tokensOf = (key: string): number => vectors.get(key)?.inputTokens ?? 0
    const asked = keys.reduce((sum, key) => sum + tokensOf(key), 0)
    const sent = [...new Set(keys)].filter((key) => paid.some((report) => report.sent.has(key)))
    const attempts = paid.reduce((sum, report) => sum + report.attempts, 0)
    const status =
      attempts > 0 ? 'miss' : members.some(({ report }) => report.attempts > 0) ? 'coalesced' : 'hit'
    return {
      cacheStatus: this.#stages.cache && members.length + vectors.size > 0 ? status : 'off',
      attempts,
      billedUsage: inputUsage(paid.reduce((sum, { usage }) => sum + usage.inputTokens, 0)),
      savedUsage: inputUsage(asked - sent.reduce((sum, key) => sum + tokensOf(key), 0)),
      usageEstimated: paid.some((report) => report.usageEstimated),
    }
  }
}
