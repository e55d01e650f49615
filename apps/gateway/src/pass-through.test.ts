// Models and moderations: what the provider answers by itself, through the gateway.
import {
  errorAnswer,
  startFaultServer,
  type Answer,
  type Exchange,
  type FaultServer,
} from '@plumbline/conformance'
import { createPipeline } from '@plumbline/scratch'
import OpenAI, { InternalServerError } from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createGateway, type Gateway } from './app.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { createKey } from './keys.ts'
import { startServer, type RunningServer } from './server.ts'

const acme = createKey('acme')
const upstreamKey = 'sk-UPSTREAMKEY'

let upstream: FaultServer
let answer: (exchange: Exchange) => Answer | Promise<Answer>
let gateway: Gateway
let server: RunningServer

beforeEach(async () => {
  upstream = await startFaultServer((exchange) => answer(exchange))
})
afterEach(async () => {
  await server.stop()
  await upstream.close()
})

async function start(options: Partial<GatewayOptions> = {}, deadlineMs = 10_000): Promise<OpenAI> {
  const provider = { baseUrl: upstream.baseUrl, apiKey: upstreamKey }
  gateway = createGateway({
    pipelines: new Map([['scratch', createPipeline({ provider })]]),
    keys: [acme.entry],
    provider: { ...provider, fetch: globalThis.fetch, deadlineMs },
    ...options,
  })
  server = await startServer(gateway, { port: 0, drainMs: 2_000 })
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: acme.key, maxRetries: 0 })
}

const json = (text: string) => ({ steps: [{ text }] })
const flagged = json('{"id":"modr-1","results":[{"flagged":false}]}')

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'answered',
    (error: unknown) => error,
  )
}

test('what the provider answers is passed on; models only those of the key', async () => {
  answer = ({ path }) =>
    path.endsWith('/models') ? json('{"object":"list","data":[{"id":"gpt-4o"},{"id":"o9"}]}') : flagged
  const client = await start({ keys: [{ ...acme.entry, models: ['gpt-4o'] }] })
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-4o'])
  expect(await client.moderations.create({ input: 'hi' })).toMatchObject({ id: 'modr-1' })
  expect(upstream.journal.at(-1)?.body).toEqual({ input: 'hi' })
})

test('a provider that refuses the gateway’s key is not the caller’s fault, and its words stay here', async () => {
  answer = () => errorAnswer(401, { message: `Incorrect API key provided: ${upstreamKey}` })
  const client = await start()
  for (const call of [() => client.models.list(), () => client.moderations.create({ input: 'hi' })]) {
    const error = await failureOf(call())
    expect(error).toBeInstanceOf(InternalServerError)
    expect(error).toMatchObject({ status: 502, code: 'AUTHENTICATION' })
    expect(String(error)).not.toContain(upstreamKey)
  }
})

test('an error that may pass may be tried again; one that is no JSON is a typed error', async () => {
  answer = () => errorAnswer(503, { message: 'busy' })
  const client = await start()
  const busy = await failureOf(client.moderations.create({ input: 'hi' }))
  expect(busy).toMatchObject({ status: 502, code: 'UPSTREAM' })
  expect(busy instanceof InternalServerError && busy.headers.get('x-should-retry')).toBeNull()
  answer = () => json('<html>')
  const broken = await failureOf(client.models.list())
  expect(broken).toMatchObject({ status: 502, code: 'UPSTREAM' })
})

test('a provider that never answers is given up at the deadline', async () => {
  answer = () => ({ steps: [{ stall: true }] })
  const client = await start({}, 100)
  const error = await failureOf(client.moderations.create({ input: 'hi' }))
  expect(error).toMatchObject({ status: 504, code: 'TIMEOUT' })
})

test('they take a place as calls do, and a gateway that stops lets them end', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  answer = async () => {
    await released
    return flagged
  }
  const client = await start({ limits: { maxInFlight: 1, maxQueued: 0 } })
  const first = client.moderations.create({ input: 'hi' })
  await expect.poll(() => gateway.admission.inFlight).toBe(1)
  expect(await failureOf(client.moderations.create({ input: 'hi' }))).toMatchObject({ code: 'OVERLOADED' })
  const stopped = server.stop()
  release()
  expect(await first).toMatchObject({ id: 'modr-1' })
  expect(await stopped).toBe(0)
})
