import type { CallContext, ChatChunk, ChatRequest, ChatResponse } from '@plumbline/core'
import type { EmbedRequest, EmbedResponse, PipelineOptions } from '@plumbline/core'
import OpenAI from 'openai'

import { admits, cacheKey } from './cache.ts'
import { startCall } from './calls.ts'
import { guardInput, redact } from './guardrails.ts'
import { createMetrics } from './metrics.ts'

export function createPipeline(options: PipelineOptions) {
  const { provider, retry, deadlineMs = 60_000, guardrails, responseCache, embeddingCache } = options
  const { baseUrl: baseURL, apiKey, fetch } = provider
  const client = new OpenAI({ baseURL, apiKey, maxRetries: retry?.maxRetries ?? 2, ...(fetch && { fetch }) })
  const now = (): number => options.clock?.now() ?? Date.now()
  const metrics = createMetrics(now)
  const answers = new Map<string, ChatResponse>()
  const vectors = new Map<string, unknown>()

  const start = (operation: 'chat' | 'embed', stream: boolean, model: string, context: CallContext) =>
    startCall({ ...context, operation, stream, model }, (call) => metrics.record(call), now)
  const sending = ({ signal, deadlineMs: timeout = deadlineMs }: CallContext) =>
    signal ? { signal, timeout } : { timeout }
  const guard = (request: ChatRequest): ChatRequest =>
    guardrails === false ? request : { ...request, messages: guardInput(request.messages) }

  return {
    metrics,
    async chat(request: ChatRequest, context: CallContext = {}) {
      const call = start('chat', false, request.model, context)
      try {
        const asked = guard(request)
        const key = admits(asked, responseCache) && cacheKey(asked.model, asked.messages, asked.temperature)
        const cached = key && answers.get(key)
        if (cached) return { response: cached, metrics: call.end(cached.usage, true) }
        // The wire types of both sides describe the same JSON; the SDK's are closed, ours are open.
        const body = { ...asked, stream: false } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming
        const sent = await client.chat.completions.create(body, sending(context))
        const response = sent as unknown as ChatResponse
        for (const { message } of guardrails === false ? [] : response.choices)
          if (typeof message.content === 'string') message.content = redact(message.content)
        if (key) answers.set(key, response)
        return { response, metrics: call.end(response.usage) }
      } catch (error) {
        throw call.fail(error)
      }
    },
    /** Streams pass the input guardrails; the cache and the output guardrails see whole answers alone. */
    async *stream(request: ChatRequest, context: CallContext = {}) {
      const call = start('chat', true, request.model, context)
      try {
        const asked = { ...guard(request), stream: true, stream_options: { include_usage: true } }
        // As in `chat`.
        const body = asked as unknown as OpenAI.ChatCompletionCreateParamsStreaming
        const sent = await client.chat.completions.create(body, sending(context))
        let [content, finish_reason] = ['', 'stop']
        let last: ChatChunk | undefined
        for await (const chunk of sent as unknown as AsyncIterable<ChatChunk>) {
          content += chunk.choices[0]?.delta.content ?? ''
          finish_reason = chunk.choices[0]?.finish_reason ?? finish_reason
          last = chunk
          yield chunk
        }
        const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason }]
        const response = { ...last, object: 'chat.completion', choices }
        return { response, metrics: call.end(last?.usage) }
      } catch (error) {
        throw call.fail(error)
      }
    },
    async embed(request: EmbedRequest, context: CallContext = {}) {
      const { model, input } = request
      const call = start('embed', false, model, context)
      try {
        const texts = typeof input === 'string' ? [input] : input
        const known = texts.map((text) => embeddingCache !== false && vectors.get(cacheKey(model, text)))
        const missing = texts.filter((_, index) => !known[index])
        const body = { ...request, input: missing }
        const sent = missing.length > 0 && (await client.embeddings.create(body, sending(context)))
        const fresh = sent ? sent.data.map(({ embedding }) => embedding) : []
        missing.forEach((text, index) => vectors.set(cacheKey(model, text), fresh[index]))
        const usage = sent ? sent.usage : { prompt_tokens: 0, total_tokens: 0 }
        const object = 'embedding'
        const data = known.map((vector, index) => ({ object, index, embedding: vector || fresh.shift() }))
        const response = { object: 'list', model, data, usage } as EmbedResponse
        return { response, metrics: call.end(usage, missing.length === 0) }
      } catch (error) {
        throw call.fail(error)
      }
    },
  }
}
