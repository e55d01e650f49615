import { getMaxListeners, setMaxListeners } from 'node:events'
import type { IncomingMessage } from 'node:http'

import { createConnections } from './connections.ts'
import { decodeBody } from './decode-body.ts'
import { HttpResponse, hasNoBody } from './http-response.ts'
import { toHttpRequest } from './http-request.ts'
import { createResponseBody, type ResponseBody } from './response-body.ts'
import { toConnectionError } from './transport-errors.ts'

/** Limits of a transport; each has a default. */
export interface HttpFetchOptions {
  /**
   * How long an unused connection is kept, in ms; a server that announces less (`Keep-Alive: timeout`) is obeyed. Default 4,000,
   * as undici: uvicorn, which serves most open models, closes after 5 s without announcing it (read 2026-11-24).
   */
  keepAliveMs?: number
  /** Connections per origin; further calls wait for one. Default no bound, as Node's own fetch. */
  maxSockets?: number
  /** How long a connection may take to open, TLS included, in ms. Default 10,000, as undici. */
  connectTimeoutMs?: number
  /** The most that `text()`, `json()`, `arrayBuffer()` and `bytes()` read, in bytes after decompression. Default 64 MB. */
  maxBodyBytes?: number
}

/** A `fetch` over connections of its own. */
export interface HttpFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Closes the idle connections, and each busy one after its answer. Later calls work, on connections that are not kept. */
  close(): void
}

/**
 * A `fetch` over `node:http` and `node:https` for clients that call one server often, such as the openai SDK: about half the CPU
 * of Node's own. It takes a url (`http:` or `https:`), a method, headers, a body of text or bytes, and a signal; it follows no
 * redirect. Nothing but connecting has a time limit: that is what the signal is for.
 *
 * Rejects with the signal's reason after an abort, else with a `NetworkError`, a `TimeoutError` (connecting) or an `UpstreamError`
 * (an answer that is too large or cannot be decoded), each with Node's error as `cause`; reading the body rejects alike. Throws a
 * `RangeError` for an option that is not a positive number.
 */
export function createHttpFetch(options: HttpFetchOptions = {}): HttpFetch {
  const {
    keepAliveMs = 4_000,
    maxSockets = Number.POSITIVE_INFINITY,
    connectTimeoutMs = 10_000,
    maxBodyBytes = 64_000_000,
  } = options
  for (const [name, value] of Object.entries({ keepAliveMs, maxSockets, connectTimeoutMs, maxBodyBytes })) {
    if (!(value > 0)) throw new RangeError(`createHttpFetch: ${name} must be a positive number, got ${value}`)
  }
  const connections = createConnections({ keepAliveMs, maxSockets, connectTimeoutMs })

  function fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    // What is thrown in here rejects, as fetch does it.
    return new Promise((resolve, reject) => {
      const signal = init.signal ?? undefined
      signal?.throwIfAborted()
      const { url, method, headers, content } = toHttpRequest(input, init)
      const request = connections.request(url, method, headers)
      let body: ResponseBody | undefined

      const onAbort = (): void => {
        reject(signal?.reason)
        body?.abort(signal?.reason)
        request.destroy()
      }
      // Removed as soon as the network is done with: a signal may outlive thousands of calls.
      const onSettled = (): void => signal?.removeEventListener('abort', onAbort)
      if (signal !== undefined) {
        // Node 22.12 warns at the eleventh call at once on one signal; later ones do not.
        if (getMaxListeners(signal) > 0) setMaxListeners(0, signal)
        signal.addEventListener('abort', onAbort, { once: true })
      }

      request.on('response', (incoming: IncomingMessage) => {
        const withoutBody = hasNoBody(method, incoming.statusCode)
        try {
          body = createResponseBody(withoutBody ? incoming : decodeBody(incoming), {
            maxBytes: maxBodyBytes,
            onSettled,
          })
          resolve(new HttpResponse(incoming, url.href, withoutBody ? undefined : body))
        } catch (error) {
          onSettled()
          reject(toConnectionError(error, request.reusedSocket))
          request.destroy()
        }
      })
      // It also comes after the response, when the body has failed already, and after an abort: nothing is settled twice.
      request.on('error', (error) => {
        onSettled()
        reject(toConnectionError(error, request.reusedSocket))
      })
      request.end(content)
    })
  }

  return Object.assign(fetch, { close: () => connections.close() })
}
