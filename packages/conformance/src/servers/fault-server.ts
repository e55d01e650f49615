import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import { stepBytes, type Answer, type Step } from './answer.ts'
import { createRequestReader, type RawRequest } from './request-reader.ts'

/** One request as the server saw it, and what became of its connection. */
export interface Exchange {
  /** Position in the journal, from 0. */
  index: number
  method: string
  path: string
  /** Names in lower case. The authorization value is replaced by `[removed]`. */
  headers: Record<string, string>
  /** The body as JSON; a string where it is not JSON, undefined where there is none. */
  body: unknown
  /** Size of the body. */
  bodyBytes: number
  /** Monotonic, ms. */
  arrivedAtMs: number
  /** Status that was sent; undefined while nothing was. */
  status: number | undefined
  /** Bytes of the body handed to the socket so far. */
  sentBytes: number
  /** How the exchange ended: answered to its end, or cut by one side; undefined while it runs. */
  ended: { by: 'answer' | 'client' | 'server'; atMs: number } | undefined
}

/** One connection of a client, once it is closed. */
export interface ClosedConnection {
  /** In the order they were opened, from 1. */
  number: number
  /** Of requests and answers, with their heads. */
  receivedBytes: number
  sentBytes: number
  /** Its requests, in order; none on a connection that was opened and not used. */
  exchanges: readonly Exchange[]
  /** Who closed it first, and whether by a FIN or a reset. */
  closed: 'by the client' | 'by the client, with a reset' | 'by the server' | 'by the server, with a reset'
}

/** For a server that is watched by hand. */
export interface FaultServerOptions {
  /** Default: any free one. */
  port?: number
  /** Called when a request has been read. */
  onRequest?: (exchange: Exchange, connection: number) => void
  onClose?: (connection: ClosedConnection) => void
}

/** Answers in order, the last one again and again; or a function of the request. */
export type Script = readonly Answer[] | ((request: Exchange) => Answer | Promise<Answer>)

export interface FaultServer {
  /** With `/v1`, as a provider's base URL. */
  readonly baseUrl: string
  readonly journal: readonly Exchange[]
  /** Requests that have arrived and not ended. */
  readonly inFlight: number
  readonly maxInFlight: number
  /** Opens a gate for every answer that waits there, now or later. */
  release(gate: string): void
  /** Resolves once an answer waits at this gate (or has passed it). */
  reached(gate: string): Promise<void>
  /** Resolves with the `count`-th request once it has arrived; rejects after 5 s. */
  received(count: number): Promise<Exchange>
  /** Resolves once the exchange has ended; rejects after 5 s. */
  ended(exchange: Exchange): Promise<Exchange>
  /** Breaks every connection and stops listening. */
  close(): Promise<void>
}

/**
 * A provider that misbehaves on command, on a loopback port of its own. Written on raw sockets, since an HTTP server library
 * would end, buffer or repair what is to be broken here.
 */
export async function startFaultServer(
  script: Script,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const journal: Exchange[] = []
  const sockets = new Set<Socket>()
  const openGates = new Set<string>()
  const reachedGates = new Set<string>()
  // Everything that waits looks at its own condition again whenever anything has changed.
  const watchers = new Set<() => void>()
  let inFlight = 0
  let maxInFlight = 0
  let opened = 0

  function changed(): void {
    for (const watcher of watchers) watcher()
  }

  function until(condition: () => boolean, limitMs?: number, what = ''): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer =
        limitMs === undefined
          ? undefined
          : setTimeout(
              () => finish(() => reject(new Error(`${what} did not happen within ${limitMs} ms.`))),
              limitMs,
            )
      const watcher = (): void => {
        if (condition()) finish(resolve)
      }
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        watchers.delete(watcher)
        settle()
      }
      watchers.add(watcher)
    })
  }

  function end(exchange: Exchange, by: 'answer' | 'client' | 'server'): void {
    if (exchange.ended !== undefined) return
    exchange.ended = { by, atMs: performance.now() }
    inFlight--
    changed()
  }

  async function serve(socket: Socket, raw: RawRequest, connection: Connection): Promise<void> {
    const exchange = openExchange(journal.length, raw)
    journal.push(exchange)
    connection.exchanges.push(exchange)
    options.onRequest?.(exchange, connection.number)
    inFlight++
    maxInFlight = Math.max(maxInFlight, inFlight)
    const cut = (): void => end(exchange, 'client')
    // `end` is the client's FIN, which comes before `close`; a reset gives only `close`.
    socket.once('end', cut)
    socket.once('close', cut)
    changed()
    try {
      const answer =
        typeof script === 'function'
          ? await answerOf(script, exchange)
          : script[Math.min(exchange.index, script.length - 1)]
      await play(socket, exchange, answer ?? noAnswer)
    } finally {
      socket.off('end', cut)
      socket.off('close', cut)
    }
  }

  async function play(socket: Socket, exchange: Exchange, answer: Answer): Promise<void> {
    for (const step of answer.before ?? []) await pause(socket, exchange, step)
    if (exchange.ended) return
    const status = answer.status ?? 200
    const headers = { 'content-type': 'application/json', ...answer.headers, 'transfer-encoding': 'chunked' }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Error'}\r\n${lines.join('')}\r\n`)
    exchange.status = status
    for (const step of answer.steps) {
      const bytes = stepBytes(step)
      if (bytes === undefined) await pause(socket, exchange, step)
      else await write(socket, exchange, bytes, answer.bytesPerWrite ?? bytes.length)
      if (exchange.ended) return
    }
    // The exchange has ended before the client can know it, so that a test that has its answer finds the journal complete.
    end(exchange, 'answer')
    socket.write('0\r\n\r\n')
  }

  async function pause(socket: Socket, exchange: Exchange, step: Step): Promise<void> {
    const over = (): boolean => exchange.ended !== undefined
    if ('reset' in step) {
      end(exchange, 'server')
      socket.resetAndDestroy()
    } else if ('stall' in step) {
      await until(over)
    } else if ('waitMs' in step) {
      await new Promise((resolve) => setTimeout(resolve, step.waitMs))
    } else if ('gate' in step) {
      reachedGates.add(step.gate)
      changed()
      await until(() => over() || openGates.has(step.gate))
    }
  }

  async function write(socket: Socket, exchange: Exchange, bytes: Buffer, pieceBytes: number): Promise<void> {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      if (exchange.ended) return
      const piece = bytes.subarray(start, start + pieceBytes)
      const flushed = socket.write(
        Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
      )
      exchange.sentBytes += piece.length
      if (!flushed) await drained(socket)
      else if (pieceBytes < bytes.length) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    const connection: Connection = { number: ++opened, exchanges: [], closed: undefined }
    socket.setNoDelay(true)
    socket.once('end', () => (connection.closed ??= 'by the client'))
    // Resets by the client are what this server is for; `close` follows and is handled.
    socket.on('error', () => (connection.closed ??= 'by the client, with a reset'))
    socket.on('close', () => {
      sockets.delete(socket)
      const wasReset = connection.exchanges.at(-1)?.ended?.by === 'server'
      const { bytesRead: receivedBytes, bytesWritten: sentBytes } = socket
      const byUs = wasReset ? 'by the server, with a reset' : 'by the server'
      options.onClose?.({ ...connection, closed: connection.closed ?? byUs, receivedBytes, sentBytes })
    })
    const read = createRequestReader()
    // Answers of one connection go out in order, also to a client that pipelines.
    let last = Promise.resolve()
    socket.on('data', (bytes) => {
      for (const request of read(bytes)) last = last.then(() => serve(socket, request, connection))
    })
  })
  await listen(server, options.port ?? 0)
  // Listening on TCP, so the address is not a path.
  const { port } = server.address() as AddressInfo

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    journal,
    get inFlight() {
      return inFlight
    },
    get maxInFlight() {
      return maxInFlight
    },
    release(gate) {
      openGates.add(gate)
      changed()
    },
    reached: (gate) => until(() => reachedGates.has(gate), 5000, `An answer at gate ${gate}`),
    async received(count) {
      await until(() => journal.length >= count, 5000, `Request ${count} to the provider`)
      // The condition was that it is there.
      return journal[count - 1] as Exchange
    },
    async ended(exchange) {
      await until(() => exchange.ended !== undefined, 5000, `The end of request ${exchange.index + 1}`)
      return exchange
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A connection while it is open. */
interface Connection extends Pick<ClosedConnection, 'number'> {
  exchanges: Exchange[]
  closed: ClosedConnection['closed'] | undefined
}

/** A script that throws at a request it was not written for is an answer too: a client that waits for one would wait for ever. */
async function answerOf(script: Extract<Script, Function>, exchange: Exchange): Promise<Answer> {
  try {
    return await script(exchange)
  } catch (error) {
    return {
      status: 500,
      steps: [{ text: JSON.stringify({ error: { message: `The script: ${String(error)}` } }) }],
    }
  }
}

const noAnswer: Answer = { status: 500, steps: [{ text: '{"error":{"message":"The script is empty."}}' }] }

function openExchange(index: number, raw: RawRequest): Exchange {
  const headers = { ...raw.headers }
  for (const name of ['authorization', 'api-key', 'x-api-key'])
    if (name in headers) headers[name] = '[removed]'
  return {
    index,
    method: raw.method,
    path: raw.path,
    headers,
    body: parseBody(raw.body),
    bodyBytes: raw.body.length,
    arrivedAtMs: performance.now(),
    status: undefined,
    sentBytes: 0,
    ended: undefined,
  }
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined
  const text = body.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
