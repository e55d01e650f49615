/**
 * The bare `openai` SDK: the floor of the comparison and the baseline of every overhead figure. It is used as its README says
 * (read 2026-11-23, 7.57.0), with nothing of ours round it but the shape of the contract.
 */
import { defineEntrant, installedVersion } from '@plumbline/conformance'
import type { CallContext, ChatChunk, ChatResponse, EmbedResponse, PipelineOptions } from '@plumbline/core'
import OpenAI from 'openai'

const none = 'The SDK is a client: it sends one request and returns the answer.'

export const openaiSdk = defineEntrant({
  name: 'openai-sdk',
  version: installedVersion('openai', import.meta.url),
  offers: ['chat', 'stream', 'embed', 'retry', 'deadline'],
  unsupported: {
    budgets: 'The SDK knows no tenants and no prices.',
    'shared-flight': none,
    invalidation: none,
    'stream-result':
      'create({ stream: true }) yields chunks; joining them is the caller’s, or a helper’s of another shape.',
    health: none,
    metrics: 'The SDK returns the provider’s usage and measures nothing.',
    cost: 'The SDK knows no prices.',
    'price-cards': 'The SDK knows no prices.',
    logger: 'The SDK’s logger is for debugging its HTTP requests, not one event per call.',
    guardrails: none,
    'guardrail-policy': none,
    'response-cache': none,
    'embedding-cache': none,
    'byte-store': none,
    clock: 'The SDK reads the machine’s clock.',
    'typed-errors':
      'The SDK’s errors have classes and a status of their own; they do not say how often it tried or whether to try again.',
  },
  create: createSdkPipeline,
})

function createSdkPipeline({ provider, retry, deadlineMs }: PipelineOptions) {
  const client = new OpenAI({
    baseURL: provider.baseUrl,
    apiKey: provider.apiKey,
    ...(provider.fetch ? { fetch: provider.fetch } : {}),
    ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
    ...(deadlineMs === undefined ? {} : { timeout: deadlineMs }),
  })

  return {
    async chat(request: object, context?: CallContext) {
      // The wire types of both sides describe the same JSON; the SDK's are closed, ours are open.
      const body = { ...request, stream: false } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming
      const response = await client.chat.completions.create(body, requestOptions(context))
      return { response: response as unknown as ChatResponse }
    },
    async *stream(request: object, context?: CallContext) {
      // As in `chat`.
      const body = { ...request, stream: true } as unknown as OpenAI.ChatCompletionCreateParamsStreaming
      const stream = await client.chat.completions.create(body, requestOptions(context))
      for await (const chunk of stream) yield chunk as unknown as ChatChunk
    },
    async embed(request: object, context?: CallContext) {
      // As in `chat`.
      const body = request as OpenAI.EmbeddingCreateParams
      const response = await client.embeddings.create(body, requestOptions(context))
      return { response: response as unknown as EmbedResponse }
    },
  }
}

function requestOptions(context?: CallContext): OpenAI.RequestOptions {
  return {
    ...(context?.signal ? { signal: context.signal } : {}),
    ...(context?.deadlineMs === undefined ? {} : { timeout: context.deadlineMs }),
  }
}
