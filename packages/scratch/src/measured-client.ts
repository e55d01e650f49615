// Only here: what a client says of its own calls. In LangChain the callback handler hears that from the library.
import type { OpenAI } from 'openai'
import { APIPromise } from 'openai/core/api-promise'
import { Stream } from 'openai/core/streaming'

import {
  CancelledError,
  countTokens,
  createChunkAssembler,
  estimateUsage,
  failureOf,
  outcomeOf,
  toPlumblineError,
  TruncatedError,
  usageFromWire,
  withoutUsage,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type EmbedRequest,
  type EmbedResponse,
} from '@plumbline/core'

import { noFacts, usageOf } from './answer.ts'
import { helpersThrough } from './completion-helpers.ts'
import { inputUsage } from './embed-batch.ts'
import type { CallEnd, OpenCall, Recorder } from './metrics.ts'
import { override } from './override.ts'

export interface MeasuredParts {
  recorder: Recorder
  /** Labels of all calls. */
  context: CallContext
  /** Wall clock, ms since the epoch. */
  now: () => number
}

/** The SDK's own promise, whose parts its types keep to itself; that is how its helpers build on one another. */
interface PromiseParts {
  responsePromise: ConstructorParameters<typeof APIPromise<unknown>>[1]
  parseResponse: NonNullable<ConstructorParameters<typeof APIPromise<unknown>>[2]>
}

/** What one call tells of itself. */
interface Watch {
  call: OpenCall
  /** Records the answer; the caller gets what it returns. */
  answered(data: unknown): Promise<unknown>
  /** Records an answer whose caller reads it by itself. */
  raw(response: Response): void
}

/** A client that records each `chat.completions.create` and `embeddings.create`, and what the SDK builds on them. */
export function measureClient<Client extends OpenAI>(client: Client, parts: MeasuredParts): Client {
  const { completions } = client.chat
  const measured: Client = override(client, {
    chat: override(client.chat, {
      completions: override(completions, {
        create: (body: ChatRequest, options?: OpenAI.RequestOptions) =>
          createChat(client, parts, body, options),
        ...helpersThrough(completions, () => measured),
      }),
    }),
    embeddings: override(client.embeddings, {
      create: (body: EmbedRequest, options?: OpenAI.RequestOptions) => embed(client, parts, body, options),
    }),
    withOptions: (options: Parameters<Client['withOptions']>[0]) =>
      measureClient(client.withOptions(options), parts),
  })
  return measured
}

function createChat(
  client: OpenAI,
  parts: MeasuredParts,
  body: ChatRequest,
  options?: OpenAI.RequestOptions,
): APIPromise<unknown> {
  const streamed = body.stream === true
  const showsUsage = body.stream_options?.include_usage === true
  // The wire types of `core` are open where the SDK's are closed: the same JSON.
  const sent = (streamed
    ? { ...body, stream_options: { ...body.stream_options, include_usage: true } }
    : body) as unknown as OpenAI.ChatCompletionCreateParams
  const call = parts.recorder.open({ operation: 'chat', stream: streamed, model: body.model }, parts.context)
  const end = (response: ChatResponse): Promise<unknown> => call.end(endOf(body, response))
  return watched(client, parts, () => client.chat.completions.create(sent, options) as APIPromise<unknown>, {
    call,
    async answered(data) {
      if (streamed)
        return measureStream(data as Stream<ChatChunk>, { call, parts, request: body, showsUsage })
      await end(data as ChatResponse)
      return data
    },
    raw(response) {
      if (!streamed) return void readClone(response, end, () => call.end(unread(body)))
      void call.end(unread(body))
    },
  })
}

function embed(
  client: OpenAI,
  parts: MeasuredParts,
  body: EmbedRequest,
  options?: OpenAI.RequestOptions,
): APIPromise<unknown> {
  const call = parts.recorder.open({ operation: 'embed', stream: false, model: body.model }, parts.context)
  const estimate = () => inputUsage(countTokens([body.input].flat().map(String), body.model))
  const end = (response: Partial<EmbedResponse>): Promise<unknown> => {
    const reported = usageFromWire(response.usage)
    return call.end({
      ...sentOnce,
      outcome: 'success',
      billedUsage: reported ?? estimate,
      usageEstimated: !reported,
    })
  }
  const sent = body as unknown as OpenAI.EmbeddingCreateParams
  return watched(client, parts, () => client.embeddings.create(sent, options) as APIPromise<unknown>, {
    call,
    async answered(data) {
      await end(data as EmbedResponse)
      return data
    },
    raw: (response) => void readClone(response, end, () => end({})),
  })
}

/** Retries are the SDK's own, and not seen. */
const sentOnce = { cacheStatus: 'off', attempts: 1 } as const

/** How a call with this answer ended. */
function endOf(request: ChatRequest, response: ChatResponse): CallEnd {
  const used = usageOf({ ...noFacts(), received: () => response }, request)
  return {
    ...sentOnce,
    outcome: outcomeOf(response),
    billedUsage: used?.usage,
    usageEstimated: used?.estimated,
  }
}

/** Of an answer that nobody has read here: its input is known, its output is not. */
function unread(request: ChatRequest): CallEnd {
  const nothing = { id: '', object: 'chat.completion', created: 0, model: '', choices: [] }
  return {
    ...sentOnce,
    outcome: 'success',
    billedUsage: () => estimateUsage(request, nothing),
    usageEstimated: true,
  }
}

/** Reads a copy of a whole answer whose caller wants it as it is. */
async function readClone<T>(
  response: Response,
  end: (body: T) => Promise<unknown>,
  endUnread: () => Promise<unknown>,
): Promise<void> {
  try {
    await end((await response.clone().json()) as T)
  } catch {
    await endUnread()
  }
}

/** The SDK's promise of an answer, which tells `watch` of it however the caller reads it. */
function watched(
  client: OpenAI,
  { now }: MeasuredParts,
  send: () => APIPromise<unknown>,
  watch: Watch,
): APIPromise<unknown> {
  const fail = async (thrown: unknown): Promise<never> => {
    const error = toPlumblineError(thrown, now())
    await watch.call.end({ ...sentOnce, error, ...failureOf(error) })
    throw thrown
  }
  let sent: APIPromise<unknown>
  try {
    sent = send()
  } catch (thrown) {
    void fail(thrown).catch(() => {})
    throw thrown
  }
  const { responsePromise, parseResponse } = sent as unknown as PromiseParts
  return new MeasuredPromise(
    client,
    responsePromise.catch(fail),
    async (by, props) => {
      let data: unknown
      try {
        data = await parseResponse(by, props)
      } catch (thrown) {
        return fail(thrown)
      }
      return watch.answered(data)
    },
    watch,
  )
}

/** An `APIPromise` that also tells of the answers that are read as they come. */
class MeasuredPromise extends APIPromise<unknown> {
  readonly #watch: Watch

  constructor(
    client: OpenAI,
    response: ConstructorParameters<typeof APIPromise<unknown>>[1],
    parse: NonNullable<ConstructorParameters<typeof APIPromise<unknown>>[2]>,
    watch: Watch,
  ) {
    super(client, response, parse)
    this.#watch = watch
  }

  override async asResponse(): Promise<Response> {
    const response = await super.asResponse()
    this.#watch.raw(response)
    return response
  }

  override async withResponse(): Promise<{ data: unknown; response: Response; request_id: string | null }> {
    const [data, response] = await Promise.all([this, super.asResponse()])
    return { data, response, request_id: response.headers.get('x-request-id') }
  }
}

interface MeasuredStream {
  call: OpenCall
  parts: MeasuredParts
  request: ChatRequest
  showsUsage: boolean
}

/** The stream, recorded at its end: read through, failed, or left by `break` or its controller. */
function measureStream(
  source: Stream<ChatChunk>,
  { call, parts, request, showsUsage }: MeasuredStream,
): Stream<ChatChunk> {
  const received = createChunkAssembler(request)
  const { signal } = source.controller

  function fail(thrown: unknown): Promise<unknown> {
    const error = toPlumblineError(thrown, parts.now())
    return call.end({ ...endOf(request, received.response()), error, ...failureOf(error) })
  }
  // When nobody asks for the next chunk, nobody is told.
  const onAbort = (): void => void fail(new CancelledError('The stream was aborted.'))
  signal.addEventListener('abort', onAbort, { once: true })

  async function* read(): AsyncGenerator<ChatChunk, void, undefined> {
    let isOver = false
    try {
      for await (const chunk of source) {
        call.sawChunk(chunk)
        received.add(chunk)
        const shown = showsUsage ? chunk : withoutUsage(chunk)
        if (shown) yield shown
      }
      isOver = true
      // The SDK ends an aborted stream, and a truncated one, as quietly as any.
      if (signal.aborted) await fail(new CancelledError('The stream was aborted.'))
      else if (received.isComplete()) await call.end(endOf(request, received.response()))
      else await fail(new TruncatedError('The stream ended without a finish reason.'))
    } catch (thrown) {
      isOver = true
      await fail(thrown)
      throw thrown
    } finally {
      if (!isOver) await fail(new CancelledError('The stream was left.'))
      signal.removeEventListener('abort', onAbort)
    }
  }
  return new Stream(read, source.controller)
}
