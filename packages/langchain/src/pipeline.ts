import {
  ChatMessage as LangChainMessage,
  coerceMessageLikeToMessage,
  type BaseMessage,
} from '@langchain/core/messages'
import { OpenAIClient } from '@langchain/openai'
import {
  assertCallContext,
  assertChatRequest,
  assertPipelineOptions,
  copyJson,
  createPriceBook,
  createRetryBudget,
  defaultGuardrails,
  invalidate,
  systemClock,
  withoutUsage,
  type CallContext,
  type ChatMessage,
  type ChatRequest,
  type ChatResult,
  type Pipeline,
  type PipelineOptions,
} from '@plumbline/core'
import { createHttpFetch } from '@plumbline/core/transport'

import { toTypedError } from './call-facts.ts'
import { CallRun, runOption } from './call-run.ts'
import type { Stages } from './answer.ts'
import { TenantBudgets } from './budget.ts'
import { CircuitBreakers } from './breaker.ts'
import { createChatModel } from './chat-model.ts'
import { CachedEmbeddings } from './embed.ts'
import { VectorCache } from './embedding-cache.ts'
import { checkHealth } from './health.ts'
import { MetricsCallbackHandler } from './metrics.ts'
import { onceOptions, providerFields } from './provider.ts'
import { ResponseStore } from './response-cache.ts'
import { createChatStream } from './stream.ts'

/**
 * The pipeline of the contract on LangChain: a thin adapter from wire requests to `createChatModel` and `CachedEmbeddings`,
 * which LangChain applications use directly. Does nothing before the first call.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { provider, clock = systemClock, random = Math.random, retry, deadlineMs, strictPrices } = options
  assertPipelineOptions(options)
  const startedMs = clock.monotonicMs()
  const { logger, ledger, prices = createPriceBook(), guardrails = defaultGuardrails() } = options
  const handler = new MetricsCallbackHandler({
    metrics: options.metrics,
    logger,
    ledger,
    exporters: options.exporters,
    prices,
    clock,
    provider: provider.name,
  })
  const { metrics } = handler
  const cache =
    options.responseCache === false
      ? undefined
      : new ResponseStore({ ...options.responseCache, clock, random, metrics })
  const stages: Stages = {
    metrics: handler,
    guardrails: guardrails || undefined,
    cache,
    budgets: options.budgets
      ? new TenantBudgets({ ...options.budgets, prices, provider: provider.name, clock, metrics, logger })
      : undefined,
    retry,
    retryBudget: retry?.budget === false ? undefined : createRetryBudget(retry?.budget),
    breakers: options.breaker === false ? undefined : new CircuitBreakers({ ...options.breaker, clock }),
    fallbackModels: options.fallbackModels,
    streamOptions: options.stream,
    deadlineMs,
    strictPrices,
    providerName: provider.name,
    clock,
    random,
  }
  // Opens nothing before the first call, and nothing at all where the caller brings a fetch.
  const transport = createHttpFetch()
  const fields = providerFields({ ...provider, fetch: provider.fetch ?? transport })
  // Each call brings its own model.
  const model = createChatModel(fields, stages)
  const vectorCache =
    options.embeddingCache === false
      ? undefined
      : new VectorCache({ ...options.embeddingCache, clock, metrics })
  const embeddings = new CachedEmbeddings({
    ...fields,
    ...(provider.maxEmbeddingTexts && { batchSize: provider.maxEmbeddingTexts }),
    stages: { ...stages, cache: vectorCache, maxRequestBytes: options.maxRequestBytes },
  })
  const caches = [cache, vectorCache]
  const stores = caches.flatMap((one) => one?.store ?? [])

  /** What LangChain is told of a call beside its messages. */
  function optionsOf(run: CallRun): Record<string, unknown> {
    const { tenant, endpoint, promptVersion } = run.context
    const labels = Object.entries({ tenant, endpoint, promptVersion }).filter(
      ([, value]) => value !== undefined,
    )
    return { metadata: Object.fromEntries(labels), [runOption]: run }
  }

  async function resultOf(run: CallRun): Promise<ChatResult> {
    const record = await run.recorded
    const { response, verdicts } = run
    if (response === undefined) throw new TypeError('LangChain ended a call without an answer.')
    return { response, metrics: record, verdicts, outcome: record.outcome }
  }

  return {
    metrics,
    async chat(asked, context = {}) {
      assertChatRequest(asked, options)
      assertCallContext(context)
      const request = copyJson(asked)
      const run = new CallRun({ request, context: copyOf(context) })
      try {
        await model.invoke(toMessages(request), optionsOf(run))
      } catch (error) {
        throw toTypedError(error, clock.now())
      }
      return resultOf(run)
    },

    stream(asked, context = {}) {
      assertChatRequest(asked, options)
      assertCallContext(context)
      const request = copyJson(asked)
      return createChatStream(async function* (readerSignal, fail) {
        const signal = context.signal ? AbortSignal.any([context.signal, readerSignal]) : readerSignal
        const run = new CallRun({ request, context: { ...copyOf(context), signal } })
        run.onAbandon(async (error) => {
          if (run.isRecorded) await run.recorded
          fail(error)
        })
        const showsUsage = request.stream_options?.include_usage === true
        const shown = () => run.takeChunks().map((chunk) => (showsUsage ? chunk : withoutUsage(chunk)))
        try {
          // LangChain's chunks pace the reading; the wire's are what is handed on.
          for await (const _ of await model.stream(toMessages(request), optionsOf(run))) {
            for (const chunk of shown()) if (chunk) yield chunk
          }
        } catch (error) {
          // What had arrived before the failure.
          for (const chunk of shown()) if (chunk) yield chunk
          throw toTypedError(error, clock.now())
        } finally {
          // Once it has begun, the handler records it, however it ends.
          if (run.isRecorded) await run.recorded
        }
        for (const chunk of shown()) if (chunk) yield chunk
        return resultOf(run)
      })
    },

    embed: (request, context = {}) => embeddings.embed(request, copyOf(context)),

    health() {
      const client = new OpenAIClient({ ...fields.configuration, apiKey: provider.apiKey, maxRetries: 0 })
      async function probe(signal: AbortSignal): Promise<void> {
        const response = await client.models.list(onceOptions(signal)).asResponse()
        // That it answers is all that was asked, and an unread body holds the connection.
        await response.body?.cancel()
      }
      return checkHealth({ probe, stores, breakers: stages.breakers, ledger, metrics, clock, startedMs })
    },

    async invalidate(what) {
      try {
        // A store that both share ends once.
        await invalidate(stores, what)
      } finally {
        for (const one of caches) one?.forgetEpochs()
      }
    },

    async close() {
      transport.close()
      await Promise.all([...stores.map(async (store) => store.close()), ledger?.close()])
    },
  }
}

/** The caller may fill in the same object for the next call while this one waits. */
function copyOf(context: CallContext): CallContext {
  const { cacheTags } = context
  return { ...context, ...(Array.isArray(cacheTags) && { cacheTags: [...cacheTags] }) }
}

/** The messages as handlers and tracers see them; what is sent is the wire request itself. */
function toMessages(request: ChatRequest): BaseMessage[] {
  return request.messages.map(toMessage)
}

function toMessage(message: ChatMessage): BaseMessage {
  const content = message.content ?? ''
  try {
    // LangChain reads OpenAI's own shape.
    return coerceMessageLikeToMessage({ ...message, content } as Parameters<
      typeof coerceMessageLikeToMessage
    >[0])
  } catch {
    // A role that it does not know, or tool arguments that are no JSON.
    return new LangChainMessage({
      role: message.role,
      content: typeof content === 'string' ? content : JSON.stringify(content),
    })
  }
}
