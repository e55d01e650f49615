// Only here: guardrails round a client of one's own. In LangChain they are a runnable, and middleware.
import type { OpenAI } from 'openai'
import { APIPromise } from 'openai/core/api-promise'
import { Stream } from 'openai/core/streaming'

import {
  assertChatRequest,
  CancelledError,
  countVerdicts,
  createChunkAssembler,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  type EmbedRequest,
  type GuardrailPolicy,
  type MetricsCollector,
} from '@plumbline/core'

import type { CheckContext } from './checks.ts'
import { helpersThrough } from './completion-helpers.ts'
import {
  guardInput,
  guardOutput,
  guardStream,
  guardTexts,
  restoreChunks,
  type GuardedInput,
} from './guardrails.ts'
import { override } from './override.ts'

export interface GuardedParts {
  policy: GuardrailPolicy
  clock: Clock
  /** Counts what the rules find. */
  metrics: MetricsCollector | undefined
}

/** An answer with what the SDK tells of it. */
interface Answer {
  data: unknown
  response: Response
}

/** A client whose `chat.completions.create` and `embeddings.create`, and what the SDK builds on them, pass the guardrails. */
export function guardClient<Client extends OpenAI>(client: Client, parts: GuardedParts): Client {
  const { completions } = client.chat
  const guarded: Client = override(client, {
    chat: override(client.chat, {
      completions: override(completions, {
        create: (body: ChatRequest, options?: OpenAI.RequestOptions) =>
          new GuardedPromise(client, askChat(client, parts, body, options)),
        ...helpersThrough(completions, () => guarded),
      }),
    }),
    embeddings: override(client.embeddings, {
      create: (body: EmbedRequest, options?: OpenAI.RequestOptions) =>
        new GuardedPromise(client, askVectors(client, parts, body, options)),
    }),
    withOptions: (options: Parameters<Client['withOptions']>[0]) =>
      guardClient(client.withOptions(options), parts),
  })
  return guarded
}

async function askChat(
  client: OpenAI,
  parts: GuardedParts,
  body: ChatRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  assertChatRequest(body)
  const context = contextOf(parts, options?.signal)
  const input = await guardInput(parts.policy, body, context)
  // The wire types of `core` are open where the SDK's are closed: the same JSON. Likewise below.
  const sent = input.request as unknown as OpenAI.ChatCompletionCreateParams
  const { data, response } = await answerOf(client.chat.completions.create(sent, options))
  if (body.stream === true) return { data: guardChunks(data as Stream<ChatChunk>, parts, input), response }
  const { request, restorer } = input
  const passed = await guardOutput(parts.policy, data as ChatResponse, { ...context, request })
  return { data: withRequestId(restorer?.restoreResponse(passed) ?? passed, data), response }
}

async function askVectors(
  client: OpenAI,
  parts: GuardedParts,
  body: EmbedRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  const request = await guardTexts(parts.policy, body, contextOf(parts, options?.signal))
  return answerOf(client.embeddings.create(request as unknown as OpenAI.EmbeddingCreateParams, options))
}

function contextOf(
  { clock, metrics }: GuardedParts,
  signal: AbortSignal | null | undefined = undefined,
): CheckContext {
  return {
    clock,
    signal: signal ?? new AbortController().signal,
    onVerdicts: (verdicts) => countVerdicts(metrics, verdicts),
  }
}

/** What the SDK's promise comes to. Another wrapper's promise may be a plain one, which knows of no response. */
async function answerOf(sent: PromiseLike<unknown>): Promise<Answer> {
  if (sent instanceof APIPromise) return sent.withResponse()
  return { data: await sent, response: new Response() }
}

/** The SDK puts the request's id on an answer where a copy does not take it along. */
function withRequestId(copy: object, answer: unknown): object {
  const { _request_id: value } = answer as { _request_id?: string | null }
  return value === undefined || Object.hasOwn(copy, '_request_id')
    ? copy
    : Object.defineProperty(copy, '_request_id', { value, enumerable: false })
}

/** The stream as it may be seen, with the controller of the one that it reads. */
function guardChunks(
  source: Stream<ChatChunk>,
  parts: GuardedParts,
  { request, restorer }: GuardedInput,
): Stream<ChatChunk> {
  const { signal } = source.controller
  const aborted = new CancelledError('The stream was aborted.')
  async function* arriving(): AsyncGenerator<ChatChunk, void, undefined> {
    yield* source
    // The SDK's stream ends quietly on abort, and what the gate holds back by then is half a text.
    if (signal.aborted) throw aborted
  }
  async function* read(): AsyncGenerator<ChatChunk, void, undefined> {
    const context = { ...contextOf(parts, signal), request }
    const passed = guardStream(parts.policy, arriving(), createChunkAssembler(), context)
    try {
      yield* restoreChunks(restorer, passed)
    } catch (thrown) {
      if (thrown !== aborted && thrown !== signal.reason) throw thrown
    }
  }
  return new Stream(read, source.controller)
}

/** An `APIPromise` of an answer that has passed the guardrails, whichever way it is asked for. */
class GuardedPromise extends APIPromise<unknown> {
  readonly #answer: Promise<Answer>

  constructor(client: OpenAI, answer: Promise<Answer>) {
    type Parse = NonNullable<ConstructorParameters<typeof APIPromise<unknown>>[2]>
    // Of the properties of a response, the SDK's helpers read the response alone.
    const properties = answer.then(({ response }) => ({ response })) as unknown as ConstructorParameters<
      typeof APIPromise<unknown>
    >[1]
    super(client, properties, (async () => (await answer).data) as Parse)
    this.#answer = answer
  }

  /** Status and headers of the provider's response with the guarded answer as its body: JSON, or server-sent events. */
  override async asResponse(): Promise<Response> {
    const response = await super.asResponse()
    const { data } = await this.#answer
    const body = data instanceof Stream ? toEvents(data) : JSON.stringify(data)
    return new Response(body, { status: response.status, headers: headersOf(response) })
  }

  /** The response is status and headers alone: its body is the answer before the guardrails. */
  override async withResponse(): Promise<{ data: unknown; response: Response; request_id: string | null }> {
    const data = await this
    const { status, headers } = (await this.#answer).response
    return {
      data,
      response: new Response(null, { status, headers }),
      request_id: headers.get('x-request-id'),
    }
  }
}

/** Without what was true of the provider's body alone. */
function headersOf(response: Response): Headers {
  const headers = new Headers(response.headers)
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name)
  return headers
}

/** The chunks as the provider would have sent them; who stops reading closes its stream. */
function toEvents(stream: Stream<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const chunks = stream[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      controller.enqueue(encoder.encode(`data: ${done ? '[DONE]' : JSON.stringify(value)}\n\n`))
      if (done) controller.close()
    },
    async cancel() {
      await chunks.return?.()
    },
  })
}
