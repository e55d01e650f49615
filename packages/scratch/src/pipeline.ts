import {
  assertStreamOptions,
  defaultGuardrails,
  systemClock,
  type Pipeline,
  type PipelineOptions,
} from '@plumbline/core'

import { chat, type ChatParts } from './chat.ts'
import { embed, type EmbedParts } from './embed.ts'
import { createEmbeddingCache } from './embedding-cache.ts'
import { checkHealth } from './health.ts'
import { createRecorder } from './metrics.ts'
import { createProvider, type Provider } from './provider.ts'
import { createResponseStore } from './response-cache.ts'
import { createFlights } from './single-flight.ts'
import { stream } from './stream.ts'

/**
 * The whole pipeline on the openai SDK: one call goes through input guardrails, response cache, single flight, the provider
 * under one retry policy and one deadline, output guardrails and cache store, and leaves one record.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  return pipelineOn(createProvider(options.provider), options)
}

/** As `createPipeline`, on a provider that exists already. */
export function pipelineOn(provider: Provider, options: Omit<PipelineOptions, 'provider'>): Pipeline {
  const { clock = systemClock, random = Math.random, logger, prices, strictPrices = false } = options
  const { guardrails = defaultGuardrails(), retry = {}, deadlineMs = 60_000 } = options
  assertStreamOptions(options.stream)
  const startedMs = clock.monotonicMs()

  const recorder = createRecorder({
    metrics: options.metrics,
    logger,
    prices,
    clock,
    provider: provider.name,
  })
  const { metrics } = recorder
  const shared = { provider, guardrails, retry, clock, random, recorder, strictPrices, deadlineMs }
  const responseCache = createResponseStore(options.responseCache ?? {}, { clock, random, metrics })
  const { onLeaderFailure = 'fail' } = options.responseCache || {}
  const chatParts: ChatParts = {
    ...shared,
    cache: responseCache,
    flights: createFlights(),
    onLeaderFailure,
    streamOptions: options.stream ?? {},
  }
  const embeddingCache = createEmbeddingCache(options.embeddingCache ?? {}, { clock, metrics })
  const embedParts: EmbedParts = { ...shared, cache: embeddingCache, flights: createFlights() }

  return {
    metrics,
    chat: (request, context) => chat(chatParts, request, context),
    stream: (request, context) => stream(chatParts, request, context),
    embed: (request, context) => embed(embedParts, request, context),
    health: () => checkHealth({ provider, store: responseCache.store, metrics, clock, startedMs }),
    async close() {
      await Promise.all([responseCache.store?.close(), embeddingCache.store?.close()])
    },
  }
}
