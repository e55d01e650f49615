import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { createHealthReader } from './gateway-health.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** What a server that answers so is taken for. */
async function healthOf(status: number, body: string): Promise<unknown> {
  server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return createHealthReader(`http://127.0.0.1:${port}`)()
}

const part = { status: 'pass' }
const parts = { provider: part, store: part, breaker: part, ledger: part }

test.each([200, 503])('what a gateway says is known, with %i too', async (status) => {
  const health = { status: 'fail', builds: { scratch: { status: 'fail', parts } } }
  expect(await healthOf(status, JSON.stringify(health))).toEqual({ state: 'known', ...health })
})

test.each([
  // Its port for calls.
  [404, '{"error":{"message":"There is no GET /healthz here.","code":"NOT_FOUND"}}'],
  [200, '{"status":"ok"}'],
  [200, '{"status":"pass","builds":{"scratch":{"parts":{"provider":{"status":"pass"}}}}}'],
  [200, '<html>'],
  [200, 'null'],
])('what has no health to tell is no gateway: %i %s', async (status, body) => {
  expect(await healthOf(status, body)).toEqual({ state: 'other' })
})

test('nobody there is unreachable; without an address there is none', async () => {
  expect(await createHealthReader('http://127.0.0.1:1')()).toEqual({ state: 'unreachable' })
  expect(await createHealthReader(undefined)()).toEqual({ state: 'none' })
})
