// Only here: caches round a client of one's own. In LangChain they are a `BaseCache`, middleware and `Embeddings`.
import { APIUserAbortError, type OpenAI } from 'openai'
import { Stream } from 'openai/core/streaming'

import {
  PlumblineError,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type EmbedRequest,
  type EmbedResponse,
  type Pipeline,
} from '@plumbline/core'

import { AnswerPromise, answerOf, withRequestId, type Answer } from './answer-promise.ts'
import { helpersThrough } from './completion-helpers.ts'
import { override } from './override.ts'
import { providerOf, type Provider } from './provider.ts'

export interface CachedParts {
  caches: 'answers' | 'vectors'
  /** Tenant and labels of all calls. */
  context: CallContext
  /** A pipeline that has that cache, and neither retries nor limits of its own. */
  pipelineOf: (provider: Provider) => Pipeline
  /** In records and cache keys. */
  providerName: string | undefined
}

/** What goes with a request to the provider and comes back from it, under a symbol: no JSON and no key holds it. */
const along = Symbol('what goes along')

interface Along {
  options: OpenAI.RequestOptions | undefined
  /** Undefined when nothing was sent for this call. */
  response?: Response
  answer?: unknown
}

/** A client that asks a cache first; what is not in there it asks, keeps and returns as the client does. */
export function cacheClient<Client extends OpenAI>(client: Client, parts: CachedParts): Client {
  const { caches, context, pipelineOf, providerName } = parts
  const pipeline = pipelineOf(providerAsItIs(client, providerName))
  const { completions } = client.chat
  const members =
    caches === 'answers'
      ? {
          chat: override(client.chat, {
            completions: override(completions, {
              create: (body: ChatRequest, options?: OpenAI.RequestOptions) =>
                new AnswerPromise(client, askChat(pipeline, context, body, options)),
              ...helpersThrough(completions, () => cached),
            }),
          }),
        }
      : {
          embeddings: override(client.embeddings, {
            create: (body: EmbedRequest, options?: OpenAI.RequestOptions) =>
              isTokens(body.input)
                ? client.embeddings.create(body as unknown as OpenAI.EmbeddingCreateParams, options)
                : new AnswerPromise(client, askVectors(pipeline, context, body, options)),
          }),
        }
  const cached: Client = override(client, {
    ...members,
    withOptions: (options: Parameters<Client['withOptions']>[0]) =>
      cacheClient(client.withOptions(options), parts),
  })
  return cached
}

/** Whether texts are given as the numbers of their tokens, one or several: a key is made of texts. */
function isTokens(input: unknown): boolean {
  return Array.isArray(input) && input.some((one) => typeof one !== 'string')
}

async function askChat(
  pipeline: Pipeline,
  context: CallContext,
  body: ChatRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  const sent: Along = { options }
  const request = { ...body, [along]: sent }
  try {
    if (body.stream === true) return await askStream(pipeline, context, request, sent)
    const { response } = await pipeline.chat(request, { ...context, signal: options?.signal ?? undefined })
    return { data: withRequestId(response, sent.answer ?? {}), response: sent.response ?? fromCache() }
  } catch (thrown) {
    throw errorOfClient(thrown)
  }
}

async function askStream(
  pipeline: Pipeline,
  context: CallContext,
  request: ChatRequest,
  sent: Along,
): Promise<Answer> {
  // The SDK's stream has a controller of its own; either may abort.
  const controller = new AbortController()
  const callers = sent.options?.signal
  const signal = callers ? AbortSignal.any([callers, controller.signal]) : controller.signal
  const chunks = pipeline.stream(request, { ...context, signal })[Symbol.asyncIterator]()
  // An answer that is an error is known by then, and rejects the call as the client does.
  const first = await chunks.next()

  async function* read(): AsyncGenerator<ChatChunk, void, undefined> {
    try {
      for (let step = first; !step.done; step = await chunks.next()) yield step.value
    } catch (thrown) {
      // The SDK's streams end quietly on abort.
      if (!signal.aborted) throw errorOfClient(thrown)
    } finally {
      await chunks.return?.()
    }
  }
  return { data: new Stream(read, controller), response: sent.response ?? fromCache() }
}

async function askVectors(
  pipeline: Pipeline,
  context: CallContext,
  body: EmbedRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  const sent: Along = { options }
  try {
    const { response } = await pipeline.embed(
      { ...body, [along]: sent },
      { ...context, signal: options?.signal ?? undefined },
    )
    return { data: withRequestId(response, sent.answer ?? {}), response: sent.response ?? fromCache() }
  } catch (thrown) {
    throw errorOfClient(thrown)
  }
}

/** The client as the provider: what its caller has set for a call goes with it, and retries and errors are its own. */
function providerAsItIs(client: OpenAI, name: string | undefined): Provider {
  const optionsOf = (sent: Along | undefined, signal: AbortSignal): OpenAI.RequestOptions => ({
    ...sent?.options,
    signal,
  })
  // The wire types of `core` are open where the SDK's are closed: the same JSON. Likewise below.
  const alongOf = (request: object): Along | undefined => (request as { [along]?: Along })[along]
  const ask = async (sent: Along | undefined, call: PromiseLike<unknown>): Promise<unknown> => {
    const { data, response } = await answerOf(call)
    if (sent) Object.assign(sent, { response, answer: data })
    return data
  }
  return {
    ...providerOf(client, name),
    async chat(request, signal) {
      const sent = alongOf(request)
      const body = request as unknown as OpenAI.ChatCompletionCreateParams
      return (await ask(sent, client.chat.completions.create(body, optionsOf(sent, signal)))) as ChatResponse
    },
    async *stream(request, signal) {
      const sent = alongOf(request)
      const stream_options = { ...request.stream_options, include_usage: true }
      const body = { ...request, stream_options } as unknown as OpenAI.ChatCompletionCreateParams
      const call = client.chat.completions.create(body, optionsOf(sent, signal))
      yield* (await ask(sent, call)) as AsyncIterable<ChatChunk>
    },
    async embed(request, signal) {
      const sent = alongOf(request)
      // As the SDK does by default, and the SDK decodes only what it asked for itself.
      const body = { encoding_format: 'base64', ...request } as unknown as OpenAI.EmbeddingCreateParams
      return (await ask(sent, client.embeddings.create(body, optionsOf(sent, signal)))) as EmbedResponse
    },
  }
}

/** What a call that has sent nothing has instead of a response. */
function fromCache(): Response {
  return new Response(null, { headers: { 'x-plumbline-cache': 'hit' } })
}

/** The client's own error where it has thrown one. */
function errorOfClient(thrown: unknown): unknown {
  if (!PlumblineError.isInstance(thrown)) return thrown
  if (thrown.code === 'CANCELLED') return new APIUserAbortError()
  return thrown.cause instanceof Error ? thrown.cause : thrown
}
