import { OpenAI } from 'openai'

import {
  assertEventStream,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type EmbedRequest,
  type EmbedResponse,
  type ProviderOptions,
} from '@plumbline/core'

import { keepRequests } from './kept-requests.ts'

/** The OpenAI-compatible server, one request at a time: no retries, no waiting, nothing remembered. */
export interface Provider {
  /** The part of every cache key that keeps two servers apart. */
  readonly identity: string
  readonly name: string
  /** See `ProviderOptions`. */
  readonly maxEmbeddingTexts: number | undefined
  chat(request: ChatRequest, signal: AbortSignal): Promise<ChatResponse>
  /** Sends the request when it is first read; always asks for the usage chunk. Leaving the loop closes the connection. */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatChunk>
  embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResponse>
  /** Resolves when the server answers; spends no tokens. */
  probe(signal: AbortSignal): Promise<void>
}

/** A provider on an SDK client of its own; without a `fetch` in the options, on the SDK's. */
export function createProvider(options: ProviderOptions): Provider {
  const { baseUrl, apiKey, name = 'openai', fetch, maxEmbeddingTexts } = options
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    // Null, since undefined makes the SDK read them from the environment.
    organization: null,
    project: null,
    // The SDK prints what it cannot parse, which is the answer's text.
    logLevel: 'off',
    ...(fetch && { fetch }),
  })
  return providerOf(keepRequests(client), name, maxEmbeddingTexts)
}

/** One attempt: retries and deadline are the pipeline's, and the SDK's ten minutes would cut a longer one short. */
function once(signal: AbortSignal): OpenAI.RequestOptions {
  // A redirect would take the key and the prompt to an address that nobody has configured: it is an error answer.
  return { signal, maxRetries: 0, timeout: 2 ** 31 - 1, fetchOptions: { redirect: 'manual' } }
}

/** A provider on the caller's own client. */
export function providerOf(client: OpenAI, name = 'openai', maxEmbeddingTexts?: number): Provider {
  // The wire types of `core` are open where the SDK's are closed: the same JSON, so the casts below change nothing.
  return {
    name,
    maxEmbeddingTexts,
    identity: `${name}@${client.baseURL.replace(/\/+$/, '')}`,
    async chat(request, signal) {
      const body = { ...request, stream: false } as OpenAI.ChatCompletionCreateParamsNonStreaming
      return (await client.chat.completions.create(body, once(signal))) as unknown as ChatResponse
    },
    async *stream(request, signal) {
      const stream_options = { ...request.stream_options, include_usage: true }
      const body = { ...request, stream: true, stream_options } as OpenAI.ChatCompletionCreateParamsStreaming
      const { data, response } = await client.chat.completions.create(body, once(signal)).withResponse()
      let isEmpty = true
      for await (const chunk of data as unknown as AsyncIterable<ChatChunk>) {
        isEmpty = false
        yield chunk
      }
      if (isEmpty) assertEventStream(response.headers.get('content-type'))
    },
    async embed(request, signal) {
      // As the SDK does by default, and the SDK decodes only what it asked for itself.
      const body = { encoding_format: 'base64', ...request } as OpenAI.EmbeddingCreateParams
      return (await client.embeddings.create(body, once(signal))) as unknown as EmbedResponse
    },
    async probe(signal) {
      const response = await client.models.list(once(signal)).asResponse()
      // That it answers is all that was asked, and an unread body holds the connection.
      await response.body?.cancel()
    },
  }
}
