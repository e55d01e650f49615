import { getEventListeners } from 'node:events'

import { afterEach, describe, expect, test } from 'vitest'

import {
  chunk,
  chunkedHead,
  startRawServer,
  whole,
  type Connection,
  type RawServer,
} from './__fixtures__/raw-server.ts'
import { createHttpFetch, type HttpFetch } from './create-http-fetch.ts'

/** FLT-07 and STR-08: how soon the server must see it. */
const limitMs = 250

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function start(
  answer: (connection: Connection, index: number) => unknown,
): Promise<{ server: RawServer; fetch: HttpFetch }> {
  const server = await startRawServer(answer)
  const fetch = createHttpFetch()
  opened.push(server, fetch)
  return { server, fetch }
}

async function reasonOf(promise: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return `resolved with ${String(await promise)}`
  } catch (reason) {
    return reason
  }
}

async function closedWithin(server: RawServer, since: number): Promise<void> {
  const closedAt = await server.connections[0]?.closed
  expect((closedAt ?? Number.POSITIVE_INFINITY) - since).toBeLessThan(limitMs)
}

describe('an abort', () => {
  test('before the call opens no connection', async () => {
    const { server, fetch } = await start(() => {})
    expect(await reasonOf(fetch(server.url, { signal: AbortSignal.abort('mine') }))).toBe('mine')
    expect(server.connections).toHaveLength(0)
  })

  test('while connecting rejects with an AbortError', async () => {
    const { server, fetch } = await start(({ socket }) => socket.write(whole('ok')))
    const controller = new AbortController()
    const call = fetch(server.url, { signal: controller.signal })
    controller.abort()
    const reason = await reasonOf(call)
    expect(reason).toBe(controller.signal.reason)
    expect(reason).toMatchObject({ name: 'AbortError' })
    expect(server.connections.flatMap(({ requests }) => requests)).toHaveLength(0)
  })

  test('while waiting for the head closes the connection', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const { server, fetch } = await start(() => resolve())
    const controller = new AbortController()
    const call = fetch(server.url, { method: 'POST', body: '{}', signal: controller.signal })
    await arrived
    const since = performance.now()
    controller.abort('mine')
    expect(await reasonOf(call)).toBe('mine')
    await closedWithin(server, since)
  })

  test.each(['text', 'read', 'read again', 'nothing'])(
    'while reading the body (%s) closes the connection',
    async (way) => {
      const { server, fetch } = await start(({ socket }) => socket.write(chunkedHead + chunk('part')))
      const controller = new AbortController()
      const response = await fetch(server.url, { signal: controller.signal })
      const reader = way.startsWith('read') ? response.body?.getReader() : undefined
      if (way === 'read again') await reader?.read()
      const reading = way === 'text' ? response.text() : way === 'read again' ? reader?.read() : undefined
      await new Promise((resolve) => setTimeout(resolve, 20))
      const since = performance.now()
      controller.abort('mine')
      if (way !== 'nothing') expect(await reasonOf(reading ?? reader?.read())).toBe('mine')
      await closedWithin(server, since)
      if (way === 'nothing') expect(await reasonOf(response.text())).toBe('mine')
    },
  )

  test('after the last byte changes nothing', async () => {
    const { server, fetch } = await start(({ socket }) => socket.write(whole('ok')))
    const controller = new AbortController()
    const response = await fetch(server.url, { signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 20))
    controller.abort()
    expect(await response.text()).toBe('ok')
    await (await fetch(server.url)).text()
    expect(server.connections).toHaveLength(1)
  })
})

describe('leaving the body', () => {
  test.each(['reader.cancel', 'break'])('by %s closes the connection', async (way) => {
    const { server, fetch } = await start(({ socket }) => socket.write(chunkedHead + chunk('part')))
    const { signal } = new AbortController()
    const { body } = await fetch(server.url, { signal })
    if (body === null) throw new TypeError('There is no body.')
    const since = performance.now()
    if (way === 'break') for await (const _ of body) break
    else {
      const reader = body.getReader()
      const waiting = reader.read().then(() => reader.read())
      await new Promise((resolve) => setTimeout(resolve, 20))
      await reader.cancel('enough')
      expect((await waiting).done).toBe(true)
    }
    await closedWithin(server, since)
  })

  test('after its end keeps the connection', async () => {
    const { server, fetch } = await start(({ socket }) => socket.write(whole('ok')))
    for (let call = 0; call < 2; call++) {
      const { body } = await fetch(server.url)
      await new Promise((resolve) => setTimeout(resolve, 20))
      await body?.cancel()
    }
    expect(server.connections).toHaveLength(1)
  })
})

test('10,000 calls on one signal leave no listener and no warning', async () => {
  const { server, fetch } = await start(({ socket }, index) => {
    if (index % 1000 === 7) socket.resetAndDestroy()
    else socket.write(whole('ok'))
  })
  const warnings: Error[] = []
  const onWarning = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', onWarning)
  const { signal } = new AbortController()
  for (let call = 0; call < 10_000; call += 50) {
    await Promise.allSettled(
      Array.from({ length: 50 }, async () => (await fetch(server.url, { signal })).text()),
    )
  }
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
