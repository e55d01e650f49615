// Three gateways behind one Redis: what one has learnt, paid or promised, the others know.
import {
  chatAnswer,
  lastText,
  redisMissing,
  startFaultServer,
  startRedisServer,
  type FaultServer,
  type RedisServer,
} from '@plumbline/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createGateway, type Gateway } from './app.ts'
import { createPipelines } from './create-pipelines.ts'
import type { BuildName } from './gateway-options.ts'
import { createKey, type GatewayKey } from './keys.ts'
import { startServer, type RunningServer } from './server.ts'
import { readSettings } from './settings.ts'

const free = createKey('free')
const other = createKey('other')
const frugal = createKey('frugal')
// A call of gpt-4o below costs 20 x 2.50 + 100 x 10.00 USD per million: 0.00105, and about as much is reserved for it.
const keys: GatewayKey[] = [free.entry, other.entry, { ...frugal.entry, budget: { dayUsd: 0.0055 } }]

const slowly = { timeout: 60_000 }

// Where CI is set its absence is a failure.
describe
  .skipIf(redisMissing() !== undefined && process.env['CI'] === undefined)
  .each(['scratch', 'langchain'] as const)('three gateways with %s', (build: BuildName) => {
  let redis: RedisServer
  let upstream: FaultServer
  const servers: RunningServer[] = []
  const gateways: Gateway[] = []
  let released = Promise.resolve()
  let attempt = 0
  const closing: (() => Promise<void>)[] = []

  beforeAll(async () => {
    redis = await startRedisServer()
    const usage = { prompt_tokens: 20, completion_tokens: 100 }
    upstream = await startFaultServer(async (request) => {
      if (lastText(request).startsWith('at once')) await released
      return chatAnswer(request, {
        text: `Answer ${upstream.journal.length} to ${lastText(request)}`,
        usage,
      })
    })
    for (let number = 0; number < 3; number++) {
      const settings = readSettings(['--dev', '--port', '0', '--build', build], {
        OPENAI_BASE_URL: upstream.baseUrl,
        OPENAI_API_KEY: 'key',
        REDIS_URL: redis.url,
        // By default a call goes on without a store that is late, as on a busy machine: that is not what is asked here.
        PLUMBLINE_REDIS_TIMEOUT_MS: '5000',
      })
      if (settings === undefined) throw new Error('There are no settings.')
      const budgets = Object.fromEntries(
        keys.flatMap(({ tenant, budget }) => (budget ? [[tenant, budget]] : [])),
      )
      const { pipelines, close } = await createPipelines({ ...settings, budgets })
      const provider = { baseUrl: upstream.baseUrl, apiKey: 'key', fetch: globalThis.fetch }
      const gateway = createGateway({ pipelines, keys, provider })
      gateways.push(gateway)
      servers.push(await startServer(gateway, { port: 0, drainMs: 1_000 }))
      closing.push(close)
    }
  }, 60_000)
  afterAll(async () => {
    for (const server of servers) await server.stop()
    for (const close of closing) await close()
    await upstream.close()
    await redis.stop()
  })

  async function ask(
    gateway: number,
    key: string,
    content: string,
  ): Promise<{ status: number; cache: string | null; text: string }> {
    const response = await fetch(`${servers[gateway % 3]?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'gpt-4o',
        temperature: 0,
        max_tokens: 100,
        messages: [{ role: 'user', content }],
      }),
    })
    const text = await response.text()
    return { status: response.status, cache: response.headers.get('x-plumbline-cache'), text }
  }

  test('an answer that one has stored is a hit at the others, for the same tenant only', async () => {
    const question = `shared ${attempt++}`
    expect((await ask(0, free.key, question)).cache).toBe('miss')
    // It is stored behind the answer.
    for (const gateway of [1, 2])
      await expect.poll(async () => (await ask(gateway, free.key, question)).cache, slowly).toBe('hit')
    const [mine, theirs] = [await ask(1, free.key, question), await ask(1, other.key, question)]
    expect([theirs.cache, mine.text === theirs.text]).toEqual(['miss', false])
  })

  test('those who ask all of them the same at once cost one provider call', async () => {
    const question = `at once ${attempt++}`
    const { promise, resolve } = Promise.withResolvers<void>()
    released = promise
    const before = upstream.journal.length
    const asked = Array.from({ length: 12 }, (_, number) => ask(number, free.key, question))
    try {
      // Everybody is there before the one call is answered.
      await expect.poll(() => gateways.map(({ admission }) => admission.inFlight), slowly).toEqual([4, 4, 4])
    } finally {
      resolve()
    }
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
    expect(upstream.journal.length - before).toBe(1)
  })

  test('a budget is spent once, wherever the calls go', async () => {
    const statuses = []
    for (let call = 0; call < 9; call++)
      statuses.push((await ask(call, frugal.key, `question ${call}`)).status)
    // Five calls are 0.00525 USD; the sixth would pass the budget.
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429])
  })
})
