// Only here: an OpenAI client has no seam of its own, so the concerns are wrapped round it. LangChain has its own interfaces.
import type { OpenAI } from 'openai'
import { Stream } from 'openai/core/streaming'

import {
  createMemoryStore,
  defaultGuardrails,
  systemClock,
  type BudgetOptions,
  type CallContext,
  type ChatRequest,
  type EmbedRequest,
  type Pipeline,
  type PipelineOptions,
} from '@plumbline/core'

import { cacheClient } from './cached-client.ts'
import { guardClient } from './guarded-client.ts'
import { measureClient } from './measured-client.ts'
import { createRecorder } from './metrics.ts'
import { override } from './override.ts'
import { pipelineOn } from './pipeline.ts'
import { providerOf } from './provider.ts'

/** Options of one concern on a client of one's own; what the concern does not use has no effect. */
export type ClientOptions = Omit<PipelineOptions, 'provider'> & {
  /** Tenant and labels of all calls through the returned client. Wrapping is cheap: wrap once per endpoint. */
  context?: Omit<CallContext, 'signal'>
  /** The provider's name in records and cache keys. Default `openai`. */
  providerName?: string
}

const nothing = { guardrails: false, responseCache: false, embeddingCache: false, budgets: false } as const

/** What `withMetrics` uses of `ClientOptions`. */
export type MetricsClientOptions = Pick<
  ClientOptions,
  'metrics' | 'logger' | 'prices' | 'clock' | 'context' | 'providerName'
>

/**
 * The client as it is, with one record per `chat.completions.create` and `embeddings.create`, streams and what the SDK builds on them
 * (`parse`, `stream`, `runTools`) included, in `options.metrics` and as `llm_call` events in `options.logger`:
 *
 *     const client = withMetrics(new OpenAI(), { metrics, context: { endpoint: 'faq' } })
 *
 * Errors, retries, `withResponse` and `asResponse` are the client's own. So retries are not seen (`attempts` is 1), a stream whose
 * reader leaves is recorded as cancelled, and one that nobody reads or aborts is not recorded. Of a stream taken by `asResponse` only
 * the input is known, as an estimate, and it carries the usage that was asked for here. `responses` and other endpoints are not recorded.
 */
export function withMetrics<Client extends OpenAI>(
  client: Client,
  options: MetricsClientOptions = {},
): Client {
  const { context = {}, providerName, metrics, logger, prices, clock = systemClock } = options
  const recorder = createRecorder({ metrics, logger, prices, clock, provider: providerName })
  return measureClient(client, { recorder, context, now: () => clock.now() })
}

/** What `withGuardrails` uses of `ClientOptions`. */
export type GuardrailsClientOptions = Pick<ClientOptions, 'guardrails' | 'metrics' | 'clock'>

/**
 * The client as it is, with guardrails (default `defaultGuardrails()`) on what `chat.completions.create` sends and answers, whole
 * or streamed, tool arguments included, on the texts of `embeddings.create`, and on what the SDK builds on them (`parse`, `stream`,
 * `runTools`):
 *
 *     const client = withGuardrails(new OpenAI(), { guardrails: defineGuardrails({ rules }) })
 *
 * Errors and retries are the client's own; what is blocked rejects with a `GuardrailBlockedError`, in a stream before the offending
 * text has left, and a request that is none with an `InvalidRequestError`. `asResponse` has the guarded answer as its body, and the
 * response of `withResponse` status and headers alone. Other endpoints, `responses` among them, are not guarded. Where there is to be a
 * cache too, take `pipelineOn(providerOf(client), …)`: round a cache these guardrails leave raw answers in its store, and inside one a
 * new policy does not empty it.
 */
export function withGuardrails<Client extends OpenAI>(
  client: Client,
  options: GuardrailsClientOptions = {},
): Client {
  const { guardrails: policy = defaultGuardrails(), metrics, clock = systemClock } = options
  return policy ? guardClient(client, { policy, metrics, clock }) : client
}

/**
 * The client, refusing calls of `chat.completions.create` and `embeddings.create` that might pass the budget of `context.tenant`,
 * with `BudgetExceededError`. What is spent is counted in `budgets.store`, so share one between clients of one budget.
 *
 * Its calls reject with a `PlumblineError`, are retried and counted here instead of in the SDK, and return a plain promise (no
 * `withResponse`). A stream is sent when it is first read. Helpers such as `parse` go round the wrapper.
 */
export function withBudgets<Client extends OpenAI>(
  client: Client,
  options: ClientOptions & { budgets: BudgetOptions },
): Client {
  return wrapClient(client, { ...options, ...nothing, budgets: options.budgets })
}

/** What the caches use of `ClientOptions`. */
export type CacheClientOptions = Pick<
  ClientOptions,
  'metrics' | 'logger' | 'prices' | 'clock' | 'random' | 'context' | 'providerName'
>

/**
 * The client as it is, with a response cache and single flight for `chat.completions.create`, streams included, and what the SDK
 * builds on it (`parse`, `stream`, `runTools`):
 *
 *     const client = withResponseCache(new OpenAI(), { responseCache: { store }, context: { tenant: 'acme' } })
 *
 * Errors, retries and the options of a call are the client's own, and so is what is answered to a call that sent something; one that
 * sent nothing has a response of its own, with the header `x-plumbline-cache`. Calls that share one are sent under the options of the
 * first. A stream that ends without a finish reason, and an answer that is none, are typed errors. Each call is recorded in
 * `options.metrics`, a hit with what it saved: do not put `withMetrics` round it, which would bill hits.
 */
export function withResponseCache<Client extends OpenAI>(
  client: Client,
  options: CacheClientOptions & Pick<ClientOptions, 'responseCache'> = {},
): Client {
  const { responseCache = {}, clock } = options
  if (responseCache === false) return client
  const { maxBytes, store = createMemoryStore({ maxBytes, clock }) } = responseCache
  return cached(client, 'answers', options, { responseCache: { ...responseCache, store } })
}

/**
 * The client as it is, with one cached vector per text for `embeddings.create`. Input in tokens is the client's own call, neither
 * cached nor recorded. See `withResponseCache`.
 */
export function withEmbeddingCache<Client extends OpenAI>(
  client: Client,
  options: CacheClientOptions & Pick<ClientOptions, 'embeddingCache'> = {},
): Client {
  const { embeddingCache = {}, clock } = options
  if (embeddingCache === false) return client
  const { maxBytes, store = createMemoryStore({ maxBytes, clock }) } = embeddingCache
  return cached(client, 'vectors', options, { embeddingCache: { ...embeddingCache, store } })
}

/** Retries and limits are the client's. */
const asTheClientDoes = {
  retry: { maxRetries: 0, budget: false },
  breaker: false,
  deadlineMs: Infinity,
  stream: { firstContentTimeoutMs: Infinity, idleTimeoutMs: Infinity },
} as const

function cached<Client extends OpenAI>(
  client: Client,
  caches: 'answers' | 'vectors',
  { context = {}, providerName, ...options }: ClientOptions,
  cache: Pick<ClientOptions, 'responseCache' | 'embeddingCache'>,
): Client {
  return cacheClient(client, {
    caches,
    context,
    providerName,
    // What another concern is told, in options that several share, has no effect here.
    pipelineOf: (provider) => pipelineOn(provider, { ...options, ...nothing, ...asTheClientDoes, ...cache }),
  })
}

function wrapClient<Client extends OpenAI>(client: Client, options: ClientOptions): Client {
  const { context = {}, providerName, ...pipelineOptions } = options
  const pipeline = pipelineOn(providerOf(client, providerName), pipelineOptions)
  return override(client, {
    chat: override(client.chat, {
      completions: override(client.chat.completions, {
        create: (body: ChatRequest, request?: OpenAI.RequestOptions) =>
          createChat(pipeline, body, context, request?.signal),
      }),
    }),
    embeddings: override(client.embeddings, {
      create: async (body: EmbedRequest, request?: OpenAI.RequestOptions) =>
        (await pipeline.embed(body, { ...context, signal: request?.signal ?? undefined })).response,
    }),
  })
}

async function createChat(
  pipeline: Pipeline,
  body: ChatRequest,
  context: CallContext,
  callerSignal: AbortSignal | null | undefined,
): Promise<unknown> {
  if (!body.stream)
    return (await pipeline.chat(body, { ...context, signal: callerSignal ?? undefined })).response
  // The SDK's stream has a controller of its own; either may abort.
  const controller = new AbortController()
  const signal = callerSignal ? AbortSignal.any([callerSignal, controller.signal]) : controller.signal
  const chunks = pipeline.stream(body, { ...context, signal })
  return new Stream(() => chunks[Symbol.asyncIterator](), controller)
}
