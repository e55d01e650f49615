import type { CallContext, ChatRequest, MetricsCollector, PipelineOptions } from '@plumbline/core'
import type { ChatOpenAI, ChatOpenAICallOptions } from '@langchain/openai'
import type { BaseMessageLike } from '@langchain/core/messages'

import type { Models } from './models.ts'
import { toCallOptions } from './parameters.ts'
import { UsageHandler } from './usage-handler.ts'

/** One logical call in LangChain's terms. */
export interface Call {
  request: ChatRequest
  model: ChatOpenAI
  messages: BaseMessageLike[]
  /** What `ChatOpenAI` takes per call and not in its constructor: `seed`, `tools`, `response_format`. */
  callOptions: Partial<ChatOpenAICallOptions>
  /** What every runnable takes per call. */
  config: { callbacks: UsageHandler[]; signal?: AbortSignal; timeout?: number }
  usage: UsageHandler
  /**
   * Ends a stream that its reader has left, by the signal: https://js.langchain.com/docs/how_to/cancel_execution/, "Streaming" (read
   * 2026-11-24), which gives "more control" than leaving the loop alone.
   */
  leave: () => void
}

interface Parts {
  request: ChatRequest
  context: CallContext | undefined
  stream: boolean
  options: PipelineOptions
  models: Models
  metrics: MetricsCollector
}

/** Prepares one call; nothing is sent. */
export function openCall({ request, context = {}, stream, options, models, metrics }: Parts): Call {
  const { model, cacheStatus } = models.modelFor(request, context.cache)
  const { tenant = 'default', endpoint, promptVersion } = context
  const leaving = new AbortController()
  const signal = stream
    ? AbortSignal.any([leaving.signal, ...(context.signal ? [context.signal] : [])])
    : context.signal
  const deadlineMs = context.deadlineMs ?? options.deadlineMs
  const usage = new UsageHandler(
    {
      stream,
      provider: options.provider.name ?? 'openai',
      model: request.model,
      tenant,
      cacheStatus,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(promptVersion === undefined ? {} : { promptVersion }),
    },
    (record) => metrics.record(record),
  )
  return {
    request,
    model,
    // https://docs.langchain.com/oss/javascript/langchain/messages (read 2026-11-24), "Dictionary format": messages in the
    // form of the OpenAI API are taken as they are.
    messages: request.messages.map(({ content, ...rest }) => ({ ...rest, content: content ?? '' })),
    callOptions: toCallOptions(request, stream),
    config: {
      // https://js.langchain.com/docs/how_to/callbacks_runtime/ (read 2026-11-24): handlers for one request are passed with it.
      callbacks: [usage],
      ...(signal === undefined ? {} : { signal }),
      // `RunnableConfig.timeout`: "Timeout for this call in milliseconds", retries included. None is for ever.
      ...(deadlineMs === undefined || deadlineMs === Infinity ? {} : { timeout: deadlineMs }),
    },
    usage,
    leave: () => leaving.abort(),
  }
}
