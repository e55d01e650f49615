import { execFile } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { afterEach, describe, expect, test } from 'vitest'

import { NetworkError, TimeoutError, UpstreamError } from '../contract/errors.ts'
import { toPlumblineError } from '../resilience/classify.ts'
import {
  chunk,
  chunkedHead,
  startRawServer,
  whole,
  type Connection,
  type RawServer,
} from './__fixtures__/raw-server.ts'
import { createHttpFetch, type HttpFetch, type HttpFetchOptions } from './create-http-fetch.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function serve(answer: (connection: Connection, index: number) => unknown): Promise<RawServer> {
  const server = await startRawServer(answer)
  opened.push(server)
  return server
}

function createFetch(options?: HttpFetchOptions): HttpFetch {
  const fetch = createHttpFetch(options)
  opened.push(fetch)
  return fetch
}

/** As the SDK hands on what its fetch rejected with. */
class APIConnectionError extends Error {}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Error) return error
  throw new TypeError('Nothing was thrown.')
}

describe('a request', () => {
  test('carries method, path, headers and body as they were given', async () => {
    const server = await serve(({ socket }) => socket.write(whole('{"ok":true}')))
    const body = JSON.stringify({ text: 'zażółć 🎈' })
    const response = await createFetch()(`${server.url}?a=b%20c`, {
      method: 'post',
      headers: { Authorization: 'Bearer key', 'content-type': 'application/json', 'Content-Length': '3' },
      body,
    })
    expect(await response.json()).toEqual({ ok: true })
    const [head, sent = ''] = server.connections[0]?.requests[0]?.split('\r\n\r\n') ?? []
    expect(head?.split('\r\n')).toEqual([
      'POST /v1/chat?a=b%20c HTTP/1.1',
      'authorization: Bearer key',
      'content-type: application/json',
      `host: ${new URL(server.url).host}`,
      'accept-encoding: identity',
      `content-length: ${Buffer.byteLength(body)}`,
      'Connection: keep-alive',
    ])
    expect(Buffer.from(sent, 'latin1').toString('utf8')).toBe(body)
  })

  test('takes a URL, Headers and bytes, and announces that there is no body', async () => {
    const server = await serve(({ socket }) => socket.write(whole('')))
    const fetch = createFetch()
    await fetch(new URL(server.url), {
      method: 'PUT',
      headers: new Headers({ a: 'b' }),
      body: Buffer.from('x'),
    })
    await fetch(server.url, { method: 'POST' })
    await fetch(server.url)
    const requests = server.connections.flatMap((connection) => connection.requests)
    expect(requests[0]).toMatch(/^PUT .*\r\na: b\r\n[^]*content-length: 1\r\n[^]*\r\n\r\nx$/)
    expect(requests[1]).toContain('content-length: 0\r\n')
    expect(requests[2]).not.toContain('content-length')
  })

  test.each([
    ['another protocol', 'file:///etc/passwd', {}],
    ['credentials in the url', 'http://user:secret@127.0.0.1/', {}],
    ['a header that would end the head', 'http://127.0.0.1/', { headers: { a: 'b\r\nc: d' } }],
    ['a body that is no text or bytes', 'http://127.0.0.1/', { method: 'POST', body: new FormData() }],
  ])('is refused for %s', async (_, url, init) => {
    const error = await errorOf(createFetch()(url, init))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).not.toContain('secret')
  })
})

describe('connections', () => {
  test('are used again, one for each call at the same time', async () => {
    const server = await serve(({ socket }) => socket.write(whole('ok')))
    const fetch = createFetch()
    for (let call = 0; call < 5; call++) await (await fetch(server.url)).text()
    expect(server.connections).toHaveLength(1)
    await Promise.all([1, 2, 3].map(async () => (await fetch(server.url)).text()))
    expect(server.connections).toHaveLength(3)
  })

  test('are used again when nobody has read the answer', async () => {
    const server = await serve(({ socket }) => socket.write(whole('small')))
    const fetch = createFetch()
    await fetch(server.url)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await fetch(server.url)
    expect(server.connections).toHaveLength(1)
  })

  test('are no more than maxSockets; other calls wait, and one that is aborted meanwhile gives its turn away', async () => {
    const server = await serve(({ socket }) => setTimeout(() => socket.write(whole('ok')), 20))
    const fetch = createFetch({ maxSockets: 1 })
    const controller = new AbortController()
    const calls = [1, 2, 3].map((call) => fetch(server.url, call === 2 ? { signal: controller.signal } : {}))
    controller.abort()
    expect(await errorOf(calls[1] ?? Promise.resolve())).toMatchObject({ name: 'AbortError' })
    expect((await calls[2])?.status).toBe(200)
    expect(server.connections).toHaveLength(1)
    expect(server.connections[0]?.requests).toHaveLength(2)
  })

  test('close when they have been idle for keepAliveMs, and not while an answer takes longer', async () => {
    const server = await serve(({ socket }) => setTimeout(() => socket.write(whole('late')), 200))
    const fetch = createFetch({ keepAliveMs: 50 })
    expect(await (await fetch(server.url)).text()).toBe('late')
    await server.connections[0]?.closed
  })

  test('close when the transport is closed: idle ones now, busy ones after their answer', async () => {
    const server = await serve(({ socket }, index) =>
      index === 1 ? setTimeout(() => socket.write(whole('late')), 50) : socket.write(whole('ok')),
    )
    const fetch = createFetch()
    await (await fetch(server.url)).text()
    const busy = fetch(server.url)
    await new Promise((resolve) => setTimeout(resolve, 10))
    fetch.close()
    expect(await (await busy).text()).toBe('late')
    await server.connections[0]?.closed
    expect(await (await fetch(server.url)).text()).toBe('ok')
    await server.connections[1]?.closed
  })

  test('that are idle do not keep the process', async () => {
    const server = await serve(({ socket }) => socket.write(whole('ok')))
    const module = fileURLToPath(new URL('create-http-fetch.ts', import.meta.url))
    const program = `const { createHttpFetch } = await import(${JSON.stringify(module)})
      console.log(await (await createHttpFetch({ keepAliveMs: 600000 })('${server.url}')).text())`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 100_000,
    })
    expect((await run).stdout).toBe('ok\n')
  })
})

describe('a failure', () => {
  test('to connect is a NetworkError with its cause', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    const error = await errorOf(createFetch()(server.url))
    expect(error).toMatchObject({ name: 'NetworkError', retryable: true, cause: { code: 'ECONNREFUSED' } })
  })

  test('to connect in time is a TimeoutError, and in the words that the SDK looks for', async () => {
    // TLS to a server that says nothing: the connection opens, the handshake never ends.
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    opened.push(silent)
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo // It listens on TCP.
    const error = await errorOf(createFetch({ connectTimeoutMs: 50 })(`https://127.0.0.1:${port}/`))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ retryable: true, message: expect.stringMatching(/timed? ?out/i) })
  })

  test('of a kept connection before the answer is a retryable NetworkError, also through the SDK', async () => {
    const server = await serve(({ socket, requests }) =>
      requests.length === 1 ? socket.write(whole('ok')) : socket.resetAndDestroy(),
    )
    const fetch = createFetch()
    await (await fetch(server.url)).text()
    const error = await errorOf(fetch(server.url, { method: 'POST', body: '{}' }))
    expect(server.connections).toHaveLength(1)
    expect(error).toMatchObject({ name: 'NetworkError', retryable: true, cause: { code: 'ECONNRESET' } })
    const wrapped = new APIConnectionError('Connection error.', { cause: error })
    expect(NetworkError.isInstance(toPlumblineError(wrapped, 0))).toBe(true)
    expect(toPlumblineError(wrapped, 0).retryable).toBe(true)
  })

  test('of a connection that was reset while it lay idle does not reach the next call', async () => {
    const server = await serve(({ socket }) => socket.write(whole('ok')))
    const fetch = createFetch()
    await (await fetch(server.url)).text()
    server.connections[0]?.socket.resetAndDestroy()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await (await fetch(server.url)).text()).toBe('ok')
    expect(server.connections).toHaveLength(2)
  })

  test.each([
    ['a reset', (socket: Connection['socket']) => socket.resetAndDestroy()],
    ['an end', (socket: Connection['socket']) => socket.end()],
  ])('within a body (%s) is a NetworkError, never a short answer', async (_, cut) => {
    for (const start of [
      Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf'),
      chunkedHead + chunk('half'),
    ]) {
      const server = await serve(({ socket }) => socket.write(start, () => setTimeout(() => cut(socket), 20)))
      const fetch = createFetch()
      const text = await errorOf((await fetch(server.url)).text())
      expect(text).toMatchObject({ name: 'NetworkError', retryable: true, cause: { code: 'ECONNRESET' } })
      expect(toPlumblineError(text, 0)).toBe(text)

      const reader = (await fetch(server.url)).body?.getReader()
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('half')
      expect(await errorOf(reader?.read() ?? Promise.resolve())).toMatchObject({ name: 'NetworkError' })
    }
  })

  test('is an answer that is no HTTP, or has a status that is none', async () => {
    const answers = ['SMTP ready\r\n\r\n', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n']
    const server = await serve(({ socket }, index) => socket.write(answers[index] ?? ''))
    const fetch = createFetch()
    expect(await errorOf(fetch(server.url))).toMatchObject({
      name: 'NetworkError',
      cause: { code: 'HPE_INVALID_CONSTANT' },
    })
    expect(await errorOf(fetch(server.url))).toMatchObject({ name: 'UpstreamError', retryable: false })
  })

  test('is an answer beyond maxBodyBytes, unpacked, and it closes the connection', async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000))
    const server = await serve(({ socket }, index) => {
      if (index === 0) socket.write(whole(packed, 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip'))
      else socket.write(chunkedHead + chunk('x'.repeat(2000)))
    })
    const fetch = createFetch({ maxBodyBytes: 1000 })
    for (const index of [0, 1]) {
      const error = await errorOf((await fetch(server.url)).text())
      expect(UpstreamError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('1000 bytes') })
      if (index === 1) await server.connections.at(-1)?.closed
    }
  })

  test.each(['keepAliveMs', 'maxSockets', 'connectTimeoutMs', 'maxBodyBytes'])('is a bad %s', (name) => {
    expect(() => createHttpFetch({ [name]: 0 })).toThrow(RangeError)
    expect(() => createHttpFetch({ [name]: Number.NaN })).toThrow(name)
  })
})

describe('an answer', () => {
  test('is a Response with status, url and headers', async () => {
    const head =
      'HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-a: 1\r\nx-a: 2'
    const server = await serve(({ socket }) => socket.write(whole('{}', head)))
    const response = await createFetch()(server.url)
    expect(response).toBeInstanceOf(Response)
    const { status, statusText, ok, url, redirected, bodyUsed } = response
    expect({ status, statusText, ok, url, redirected, bodyUsed }).toEqual({
      status: 429,
      statusText: 'Too Many',
      ok: false,
      url: server.url,
      redirected: false,
      bodyUsed: false,
    })
    expect(response.headers.get('RETRY-AFTER')).toBe('3')
    expect(response.headers.get('x-a')).toBe('1, 2')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('that redirects is returned as it is', async () => {
    const server = await serve(({ socket }) =>
      socket.write(whole('', 'HTTP/1.1 307 Temporary\r\nlocation: http://127.0.0.1:1/')),
    )
    const response = await createFetch()(server.url, { headers: { authorization: 'Bearer key' } })
    expect([response.status, response.headers.get('location')]).toEqual([307, 'http://127.0.0.1:1/'])
    expect(server.connections[0]?.requests).toHaveLength(1)
  })

  test('to HEAD, and a 204, have no body and free the connection', async () => {
    const server = await serve(({ socket }, index) =>
      socket.write(
        index === 0
          ? 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-encoding: gzip\r\n\r\n'
          : 'HTTP/1.1 204 None\r\n\r\n',
      ),
    )
    const fetch = createFetch()
    const head = await fetch(server.url, { method: 'HEAD' })
    expect([head.body, head.headers.get('content-length'), await head.text()]).toEqual([null, '5', ''])
    const empty = await fetch(server.url)
    expect([empty.status, empty.body, await empty.text(), empty.bodyUsed]).toEqual([204, null, '', false])
    expect(server.connections).toHaveLength(1)
  })

  test('keeps characters whose bytes come apart', async () => {
    const server = await serve(async ({ socket }) => {
      socket.write(chunkedHead)
      for (const byte of Buffer.from('zażółć 🎈')) {
        socket.write(chunk(Buffer.from([byte])))
        await new Promise((resolve) => setImmediate(resolve))
      }
      socket.write(chunk(''))
    })
    expect(await (await createFetch()(server.url)).text()).toBe('zażółć 🎈')
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('that was packed with %s unasked is unpacked', async (encoding, pack) => {
    const server = await serve(({ socket }, index) => {
      const packed = pack('packed '.repeat(100))
      const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}`
      socket.write(whole(index === 0 ? packed : packed.subarray(0, packed.length - 9), head))
    })
    const fetch = createFetch()
    expect(await (await fetch(server.url)).text()).toBe('packed '.repeat(100))
    expect(await errorOf((await fetch(server.url)).text())).toMatchObject({ name: 'UpstreamError' })
  })

  test('in an encoding that cannot be read is an UpstreamError', async () => {
    const server = await serve(({ socket }) =>
      socket.write(whole('x', 'HTTP/1.1 200 OK\r\ncontent-encoding: odd')),
    )
    expect(await errorOf(createFetch()(server.url))).toMatchObject({
      name: 'UpstreamError',
      retryable: false,
    })
  })

  test('is read once, in any of the ways of a Response', async () => {
    const server = await serve(({ socket }) => socket.write(whole('\uFEFF{"a":1}')))
    const fetch = createFetch()
    const bytes = Buffer.from('\uFEFF{"a":1}')
    expect(await (await fetch(server.url)).json()).toEqual({ a: 1 })
    expect(Buffer.from(await (await fetch(server.url)).arrayBuffer())).toEqual(bytes)
    expect(Buffer.from(await (await fetch(server.url)).bytes())).toEqual(bytes)
    expect(await (await (await fetch(server.url)).blob()).text()).toBe('{"a":1}')

    const response = await fetch(server.url)
    const copy = response.clone()
    expect([await response.json(), await copy.json(), copy.url]).toEqual([{ a: 1 }, { a: 1 }, server.url])
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)

    const touched = await fetch(server.url)
    expect([touched.body?.locked, touched.bodyUsed]).toEqual([false, false])
    expect(await touched.json()).toEqual({ a: 1 })
  })
})
