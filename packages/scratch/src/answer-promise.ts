// Only here, with the client's wrappers.
import type { OpenAI } from 'openai'
import { APIPromise } from 'openai/core/api-promise'
import { Stream } from 'openai/core/streaming'

/** An answer with what the SDK tells of it. */
export interface Answer {
  data: unknown
  response: Response
}

/** What the SDK's promise comes to. Another wrapper's promise may be a plain one, which knows of no response. */
export async function answerOf(sent: PromiseLike<unknown>): Promise<Answer> {
  if (sent instanceof APIPromise) return sent.withResponse()
  return { data: await sent, response: new Response() }
}

/** The SDK puts the request's id on an answer where a copy does not take it along. */
export function withRequestId(copy: object, answer: unknown): object {
  const { _request_id: value } = answer as { _request_id?: string | null }
  return value === undefined || Object.hasOwn(copy, '_request_id')
    ? copy
    : Object.defineProperty(copy, '_request_id', { value, enumerable: false })
}

/** An `APIPromise` of an answer that a wrapper has made, whichever way it is asked for. */
export class AnswerPromise extends APIPromise<unknown> {
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

  /** Status and headers of the provider's response with the wrapper's answer as its body: JSON, or server-sent events. */
  override async asResponse(): Promise<Response> {
    const response = await super.asResponse()
    const { data } = await this.#answer
    const body = data instanceof Stream ? toEvents(data) : JSON.stringify(data)
    return new Response(body, { status: response.status, headers: headersOf(response) })
  }

  /** The response is status and headers alone: its body is not the answer that the wrapper gives. */
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
