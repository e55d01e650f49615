import {
  assertPipelineOptions,
  createPriceBook,
  createRetryBudget,
  defaultGuardrails,
  invalidate,
  systemClock,
  type Pipeline,
  type PipelineOptions,
} from '@plumbline/core'
import { createHttpFetch } from '@plumbline/core/transport'

import { createBreakers } from './breaker.ts'
import { createBudgets } from './budget.ts'
import { chat, type ChatParts } from './chat.ts'
import { embed, type EmbedParts } from './embed.ts'
import { createEmbeddingCache } from './embedding-cache.ts'
import { checkHealth } from './health.ts'
import { createRecorder } from './metrics.ts'
import { createProvider, type Provider } from './provider.ts'
import { createResponseStore, defaultMaxEntryBytes } from './response-cache.ts'
import { createFlights } from './single-flight.ts'
import { stream } from './stream.ts'

/**
 * The whole pipeline on the openai SDK: one call goes through input guardrails, response cache, single flight, the provider
 * under one retry policy and one deadline, output guardrails and cache store, and leaves one record.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  // Opens nothing before the first call, and nothing at all where the caller brings a fetch.
  const transport = createHttpFetch()
  const provider = createProvider({ ...options.provider, fetch: options.provider.fetch ?? transport })
  const pipeline = pipelineOn(provider, options)
  return {
    ...pipeline,
    async close() {
      transport.close()
      await pipeline.close()
    },
  }
}

/** As `createPipeline`, on a provider that exists already. */
export function pipelineOn(provider: Provider, options: Omit<PipelineOptions, 'provider'>): Pipeline {
  const {
    clock = systemClock,
    random = Math.random,
    logger,
    ledger,
    prices = createPriceBook(),
    strictPrices = false,
  } = options
  const { guardrails = defaultGuardrails(), retry = {}, deadlineMs = 60_000 } = options
  assertPipelineOptions(options)
  const startedMs = clock.monotonicMs()

  const recorder = createRecorder({
    metrics: options.metrics,
    logger,
    ledger,
    exporters: options.exporters,
    prices,
    clock,
    provider: provider.name,
  })
  const { metrics } = recorder
  const attempts = {
    retry,
    budget: retry.budget === false ? undefined : createRetryBudget(retry.budget),
    breakers: createBreakers(options.breaker ?? {}, clock),
    clock,
    random,
  }
  const budgets = createBudgets(options.budgets, { prices, provider: provider.name, clock, metrics, logger })
  const { maxRequestBytes } = options
  const shared = {
    ...attempts,
    budgets,
    provider,
    guardrails,
    recorder,
    strictPrices,
    deadlineMs,
    maxRequestBytes,
  }
  const responseCache = createResponseStore(options.responseCache ?? {}, { clock, random, metrics })
  const { onLeaderFailure = 'fail', maxEntryBytes = defaultMaxEntryBytes } = options.responseCache || {}
  const chatParts: ChatParts = {
    ...shared,
    cache: responseCache,
    flights: createFlights({ maxLogBytes: maxEntryBytes }),
    onLeaderFailure,
    fallbackModels: options.fallbackModels ?? [],
    streamOptions: options.stream ?? {},
  }
  const embeddingCache = createEmbeddingCache(options.embeddingCache ?? {}, { clock, metrics })
  const embedParts: EmbedParts = { ...shared, cache: embeddingCache, flights: createFlights() }
  const caches = [responseCache, embeddingCache]
  const stores = caches.flatMap(({ store }) => store ?? [])

  return {
    metrics,
    chat: (request, context) => chat(chatParts, request, context),
    stream: (request, context) => stream(chatParts, request, context),
    embed: (request, context) => embed(embedParts, request, context),
    health: () =>
      checkHealth({ provider, stores, breakers: attempts.breakers, ledger, metrics, clock, startedMs }),
    async invalidate(what) {
      try {
        await invalidate(stores, what)
      } finally {
        // Of what a store took after all, too.
        for (const cache of caches) cache.forgetEpochs()
      }
    },
    async close() {
      await Promise.all([...stores.map(async (store) => store.close()), ledger?.close()])
    },
  }
}
