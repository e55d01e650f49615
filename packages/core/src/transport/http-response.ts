import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

import { UpstreamError } from '../contract/errors.ts'
import type { ResponseBody } from './response-body.ts'

/** True for an answer that has no body by definition (RFC 9110, section 6.4.1, and the null body statuses of fetch). */
export function hasNoBody(method: string, status: number | undefined): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304
}

const decoder = new TextDecoder()

/**
 * A `Response` whose text is read from the connection without a stream in between: making a `Response` around a stream and
 * reading it costs ten times as much as the rest of the object. The stream is made when `body` is asked for.
 */
export class HttpResponse extends Response {
  readonly #source: ResponseBody | undefined
  readonly #url: string
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #isCollected = false

  /** Throws an `UpstreamError` for a status that is none. */
  constructor(incoming: IncomingMessage, url: string, source: ResponseBody | undefined) {
    const { statusCode: status = 0, statusMessage = '', headers } = incoming
    if (status < 200 || status > 599) {
      throw new UpstreamError(`The provider answered with the status ${status}.`, { retryable: false })
    }
    // Only what fetch allows in a reason phrase (RFC 9112, section 4); no client needs another.
    super(null, { status, statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage) ? statusMessage : '' })
    for (const name in headers) {
      const value = headers[name]
      if (typeof value === 'string') this.headers.append(name, value)
      else for (const one of value ?? []) this.headers.append(name, one)
    }
    this.#source = source
    this.#url = url
  }

  override get url(): string {
    return this.#url
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#source === undefined) return null
    this.#stream ??= this.#isCollected ? emptyStream() : this.#source.stream()
    return this.#stream
  }

  override get bodyUsed(): boolean {
    if (this.#isCollected || this.#stream === undefined) return this.#isCollected
    // It takes web streams too, which its type leaves out: https://nodejs.org/docs/latest-v24.x/api/stream.html
    return Readable.isDisturbed(this.#stream as unknown as Readable)
  }

  override async text(): Promise<string> {
    return decoder.decode(await this.#collect())
  }

  override async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#collect())
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  override async blob(): Promise<Blob> {
    return new Response(await this.bytes(), this).blob()
  }

  override async formData(): Promise<FormData> {
    return new Response(await this.bytes(), this).formData()
  }

  override clone(): Response {
    if (this.bodyUsed) throw new TypeError('clone: the body has been read already.')
    const [own, other] = this.body?.tee() ?? [undefined, null]
    this.#stream = own
    return Object.defineProperty(new Response(other, this), 'url', { value: this.#url })
  }

  /** Straight from the connection, or through the stream where somebody has asked for it. */
  async #collect(): Promise<Uint8Array> {
    if (this.bodyUsed) throw new TypeError('The body has been read already.')
    if (this.#source === undefined) return new Uint8Array()
    if (this.#stream !== undefined) return new Uint8Array(await new Response(this.#stream).arrayBuffer())
    this.#isCollected = true
    return this.#source.collect()
  }
}

/** What `body` is after `text()`: a stream with nothing in it. */
function emptyStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() })
}
