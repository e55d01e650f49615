import type { OpenAIClient } from '@langchain/openai'
import {
  assertEventStream,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ProviderOptions,
} from '@plumbline/core'
import type { ClientOptions } from 'openai'

/** The SDK's own default (openai 7.57). */
const defaultBaseUrl = 'https://api.openai.com/v1'

/** What LangChain's OpenAI classes need to call one provider, once per call: no retries of theirs or the SDK's. */
export function providerFields(provider: ProviderOptions): {
  apiKey: string
  maxRetries: number
  configuration: ClientOptions
} {
  const { baseUrl, apiKey, fetch } = provider
  return {
    apiKey,
    maxRetries: 0,
    configuration: {
      baseURL: baseUrl,
      // Null, since undefined makes LangChain and the SDK read them from the environment.
      organization: null,
      project: null,
      // The SDK prints what it cannot parse, which is the answer's text.
      logLevel: 'off',
      ...(fetch && { fetch }),
    },
  }
}

/** What keeps two providers apart in cache keys: `openai@https://api.openai.com/v1`. */
export function providerIdentity(name = 'openai', baseUrl: string | null | undefined): string {
  return `${name}@${(baseUrl ?? defaultBaseUrl).replace(/\/+$/, '')}`
}

/** What a caller may still say to the SDK about one request. */
export type SdkOptions = Pick<OpenAIClient.RequestOptions, 'headers' | 'query' | 'idempotencyKey'>

/** The SDK's part of LangChain's call options, which hold the tools, the callbacks and much else when streaming. */
export function sdkOptionsOf(options: SdkOptions & { options?: SdkOptions }): SdkOptions {
  const { headers, query, idempotencyKey } = options.options ?? options
  return { ...(headers && { headers }), ...(query && { query }), ...(idempotencyKey && { idempotencyKey }) }
}

/** One provider, one request at a time. */
export interface Provider {
  complete(request: ChatRequest, options: SdkOptions, signal: AbortSignal): Promise<ChatResponse>
  /** Always asks for the usage chunk (MET-03). */
  stream(request: ChatRequest, options: SdkOptions, signal: AbortSignal): Promise<AsyncIterable<ChatChunk>>
}

/** SDK options of one attempt: retries and deadline are ours alone, and the SDK's ten minutes would cut a longer one short. */
export function onceOptions(signal: AbortSignal): OpenAIClient.RequestOptions {
  // A redirect would take the key and the prompt to an address that nobody has configured: it is an error answer.
  return { signal, maxRetries: 0, timeout: 2 ** 31 - 1, fetchOptions: { redirect: 'manual' } }
}

/**
 * The provider behind a client. LangChain's own `completionWithRetry` is not used for it: with a JSON schema it parses the
 * answer, and throws away one that is no JSON.
 */
export function providerOf(client: OpenAIClient): Provider {
  // The wire types of `core` are open where the SDK's are closed: the same JSON, so the casts change nothing.
  return {
    async complete(request, options, signal) {
      const body = { ...request, stream: false } as OpenAIClient.Chat.ChatCompletionCreateParamsNonStreaming
      return (await client.chat.completions.create(body, {
        ...options,
        ...onceOptions(signal),
      })) as unknown as ChatResponse
    },
    async stream(request, options, signal) {
      const stream_options = { ...request.stream_options, include_usage: true }
      const body = {
        ...request,
        stream: true,
        stream_options,
      } as OpenAIClient.Chat.ChatCompletionCreateParamsStreaming
      const { data, response } = await client.chat.completions
        .create(body, { ...options, ...onceOptions(signal) })
        .withResponse()
      const chunks = data as unknown as AsyncIterable<ChatChunk>
      return assertStreamed(chunks, response.headers.get('content-type'))
    },
  }
}

/** The chunks; throws `UpstreamError` where there are none because the answer was no stream. */
async function* assertStreamed(
  chunks: AsyncIterable<ChatChunk>,
  contentType: string | null,
): AsyncGenerator<ChatChunk, void, undefined> {
  let isEmpty = true
  for await (const chunk of chunks) {
    isEmpty = false
    yield chunk
  }
  if (isEmpty) assertEventStream(contentType)
}
