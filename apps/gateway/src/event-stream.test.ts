import type { ChatStream } from '@plumbline/core'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'

import type { ErrorAnswer } from './error-answer.ts'
import { sendEventStream } from './event-stream.ts'

const chunk = { id: 'a', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [] } as const
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Serves a stream of `next` over HTTP; the first step counts from 0. */
async function serve(
  next: (step: number) => Promise<IteratorResult<object>>,
  slowClientMs = 60_000,
): Promise<{ url: string; left: Promise<void>; failures: ErrorAnswer[] }> {
  const left = Promise.withResolvers<void>()
  const failures: ErrorAnswer[] = []
  let step = 0
  const chunks = {
    next: () => next(step++),
    return() {
      left.resolve()
      return Promise.reject(new Error('it could not leave'))
    },
  }
  // What is read of it.
  const stream = {
    [Symbol.asyncIterator]: () => chunks,
    result: new Promise(() => {}),
  } as unknown as ChatStream
  const server = createServer(
    (_, outgoing) =>
      void sendEventStream(stream, outgoing, {
        slowClientMs,
        onFailure: (answer) => void failures.push(answer),
      }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  servers.push(server)
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return { url: `http://127.0.0.1:${port}`, left: left.promise, failures }
}

const forever = new Promise<never>(() => {})

test('a stream is left when its connection closes, and what leaving it comes to hurts nobody', async () => {
  const { url, left } = await serve((step) =>
    step === 0 ? Promise.resolve({ done: false, value: chunk }) : forever,
  )
  const controller = new AbortController()
  const response = await fetch(url, { signal: controller.signal })
  await response.body?.getReader().read()
  controller.abort()
  await left
})

test('a failure after the first chunk is an event, and is told', async () => {
  const { url, failures } = await serve((step) =>
    step === 0 ? Promise.resolve({ done: false, value: chunk }) : Promise.reject(new Error('broken')),
  )
  const text = await (await fetch(url)).text()
  expect(text.split('\n\n').map((event) => /"code":"(\w+)"/.exec(event)?.[1])).toEqual([
    undefined,
    'INTERNAL',
    undefined,
  ])
  expect(failures.map(({ body }) => body.error.code)).toEqual(['INTERNAL'])
})

test('one who does not read is dropped, and the stream is read no faster than he reads', async () => {
  const value = { ...chunk, model: 'm'.repeat(100_000) }
  let read = 0
  const { url, left } = await serve(async (step) => {
    read = step
    return { done: false, value }
  }, 100)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  socket.once('readable', () => socket.pause())
  await left
  // What the kernel holds of a connection is some megabytes.
  expect(read).toBeLessThan(1_000)
  socket.destroy()
})
