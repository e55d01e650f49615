import { createOpenAI } from '@ai-sdk/openai'
import {
  isCacheable,
  MetricsCollector,
  type CachePolicy,
  type CallContext,
  type ChatRequest,
  type EmbedRequest,
  type EmbedResponse,
  type PipelineOptions,
} from '@plumbline/core'
import {
  embed,
  embedMany,
  generateText,
  streamText,
  wrapLanguageModel,
  type StepResult,
  type ToolSet,
} from 'ai'

import { createCacheMiddleware, createMapStore, toKeyValueStore } from './cache-middleware.ts'
import { toChunks } from './chunks.ts'
import { toContractError } from './errors.ts'
import { guardrailMiddleware } from './guardrail-middleware.ts'
import { definedOf } from './messages.ts'
import { createCallTelemetry, type CallTelemetry } from './record.ts'
import { toChatResponse } from './response.ts'
import { toSettings } from './settings.ts'

export function createPipeline(options: PipelineOptions) {
  // Else its warnings go to the console (https://ai-sdk.dev/docs/ai-sdk-ui/error-handling#warnings, read 2026-11-24).
  globalThis.AI_SDK_LOG_WARNINGS = false
  const { provider, guardrails, responseCache, retry, metrics = new MetricsCollector() } = options
  const openai = createOpenAI({
    baseURL: provider.baseUrl,
    apiKey: provider.apiKey,
    ...(provider.name === undefined ? {} : { name: provider.name }),
    ...(provider.fetch ? { fetch: provider.fetch } : {}),
  })
  const store = responseCache && responseCache.store
  const caching = createCacheMiddleware(store ? toKeyValueStore(store) : createMapStore())
  const policy = responseCache === false ? () => false : toPredicate(responseCache?.policy)
  // The middleware of its docs caches every request; an application that wants less wraps fewer models.
  const modelOf = (request: ChatRequest) =>
    wrapLanguageModel({
      model: openai.chat(request.model),
      middleware: [
        ...(policy(request) ? [caching] : []),
        ...(guardrails === false ? [] : [guardrailMiddleware]),
      ],
    })

  // Timeouts and retries: https://ai-sdk.dev/docs/ai-sdk-core/settings#request-options, read 2026-11-24.
  const requestOptions = ({ signal, deadlineMs = options.deadlineMs }: CallContext) => ({
    ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
    ...(signal ? { abortSignal: signal } : {}),
    ...(deadlineMs === undefined ? {} : { timeout: { totalMs: deadlineMs } }),
  })
  const streamTimeouts = {
    ...(options.stream?.firstContentTimeoutMs === undefined
      ? {}
      : { firstChunkMs: options.stream.firstContentTimeoutMs }),
    ...(options.stream?.idleTimeoutMs === undefined ? {} : { chunkMs: options.stream.idleTimeoutMs }),
  }

  return {
    metrics,
    async chat(request: ChatRequest, context: CallContext = {}) {
      const call = createCallTelemetry(
        { operation: 'chat', stream: false, model: request.model },
        context,
        metrics,
      )
      try {
        const result = await generateText({
          model: modelOf(request),
          ...toSettings(request),
          ...requestOptions(context),
          telemetry: { integrations: call.integration },
        })
        return resultOf(result.finalStep, call)
      } catch (thrown) {
        throw toContractError(thrown, context)
      }
    },

    /** The stream begins when somebody reads it or asks for its `result`. */
    stream(request: ChatRequest, context: CallContext = {}) {
      const facts = { operation: 'chat', stream: true, model: request.model } as const
      const call = createCallTelemetry(facts, context, metrics)
      let begun: ReturnType<typeof begin> | undefined
      function begin() {
        const { timeout, ...others } = requestOptions(context)
        return streamText({
          model: modelOf(request),
          ...toSettings(request),
          ...others,
          timeout: { ...timeout, ...streamTimeouts },
          telemetry: { integrations: call.integration },
          // Else errors go to the console as well as to the `error` part
          // (https://ai-sdk.dev/docs/ai-sdk-core/generating-text#onerror-callback, read 2026-11-24).
          onError() {},
        })
      }
      async function whole() {
        try {
          return resultOf(await (begun ??= begin()).finalStep, call)
        } catch (thrown) {
          throw toContractError(thrown, context)
        }
      }
      let result: ReturnType<typeof whole> | undefined
      return {
        async *[Symbol.asyncIterator]() {
          try {
            yield* toChunks((begun ??= begin()).stream, request)
          } catch (thrown) {
            throw toContractError(thrown, context)
          }
        },
        get result() {
          result ??= whole()
          result.catch(() => {})
          return result
        },
      }
    },

    async embed(request: EmbedRequest, context: CallContext = {}) {
      // The provider package asks for floats, whatever the caller wants.
      const { model: id, input, dimensions, encoding_format: _, ...rest } = request
      const call = createCallTelemetry({ operation: 'embed', stream: false, model: id }, context, metrics)
      const { timeout, ...others } = requestOptions(context)
      const signals = [
        context.signal,
        timeout === undefined ? undefined : AbortSignal.timeout(timeout.totalMs),
      ]
      const settings = {
        ...others,
        model: openai.embedding(id),
        // `embed` takes no timeout: a signal has it (https://ai-sdk.dev/docs/ai-sdk-core/embeddings#abort-signals-and-timeouts, read 2026-11-24).
        abortSignal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
        ...(dimensions === undefined ? {} : { dimensions }),
        providerOptions: { openai: definedOf(rest) },
        telemetry: { integrations: call.integration },
      }
      try {
        const { embeddings, usage } =
          typeof input === 'string'
            ? await embed({ ...settings, value: input }).then(({ embedding, usage: used }) => ({
                embeddings: [embedding],
                usage: used,
              }))
            : await embedMany({ ...settings, values: input })
        const response: EmbedResponse = {
          object: 'list',
          data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
          model: id,
          usage: { prompt_tokens: usage.tokens, total_tokens: usage.tokens },
        }
        return { response, metrics: call.record() }
      } catch (thrown) {
        throw toContractError(thrown, context)
      }
    },
  }
}

function resultOf(step: StepResult<ToolSet>, call: CallTelemetry) {
  const response = toChatResponse(step)
  const metrics = call.record()
  return { response, metrics, outcome: metrics.outcome }
}

/** Which requests get the caching middleware: all of them, unless the caller says which. */
function toPredicate(policy: CachePolicy = 'always'): (request: ChatRequest) => boolean {
  if (policy === 'always') return () => true
  return typeof policy === 'function' ? policy : (request) => isCacheable(request, policy)
}
