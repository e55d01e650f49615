import { MetricsCollector } from '@plumbline/core'
import { lastText, provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import { OpenAI } from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { withBudgets, withEmbeddingCache, withMetrics, withResponseCache } from './client.ts'

let server: FaultServer
let client: OpenAI

beforeEach(async () => {
  server = await startFaultServer(provider((request) => ({ text: `You said: ${lastText(request)}` })))
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'test' })
})
afterEach(() => server.close())

const ask = (content: string) => ({
  model: 'gpt-4o',
  temperature: 0,
  messages: [{ role: 'user' as const, content }],
})

test('withMetrics records calls and streams of an existing client, under its labels', async () => {
  const metrics = new MetricsCollector()
  const measured = withMetrics(client, { metrics, context: { endpoint: 'faq' } })
  const response = await measured.chat.completions.create(ask('one'))
  expect(response.choices[0]?.message.content).toBe('You said: one')
  let text = ''
  for await (const chunk of await measured.chat.completions.create({ ...ask('two'), stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  expect(text).toBe('You said: two')
  const summary = metrics.summary({ by: 'endpoint' })
  expect([summary.totalCalls, summary.successRate, summary.groups?.['faq']?.totalCalls]).toEqual([2, 1, 2])
  // Both calls are 10 input and 5 output tokens at 2.50 and 10.00 USD per million.
  expect(summary.costNanoUsd).toBe(2 * (10 * 2500 + 5 * 10_000))
})

test('withResponseCache answers a repetition by itself, and wrappers can be put round each other', async () => {
  const metrics = new MetricsCollector()
  const cached = withResponseCache(withMetrics(client, { metrics }))
  const [first, second] = [
    await cached.chat.completions.create(ask('same')),
    await cached.chat.completions.create(ask('same')),
  ]
  expect(second).toEqual(first)
  expect(server.journal.length).toBe(1)
  expect(metrics.summary().totalCalls).toBe(1)
})

test('withEmbeddingCache sends a text once', async () => {
  const cached = withEmbeddingCache(client)
  const embed = () => cached.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] })
  expect(await embed()).toEqual(await embed())
  expect(server.journal.length).toBe(1)
})

test('withEmbeddingCache keeps as many vectors as its bound allows', async () => {
  // A key of a hundred bytes, a vector of eight numbers and the overhead: there is room for one.
  const cached = withEmbeddingCache(client, { embeddingCache: { maxBytes: 500 } })
  const embed = (input: string) => cached.embeddings.create({ model: 'text-embedding-3-small', input })
  for (const text of ['a', 'a', 'b', 'a']) await embed(text)
  expect(server.journal.length).toBe(3)
})

test('a client whose calls are taken over keeps its own fetch, which is told to follow no redirect', async () => {
  const redirects: (RequestRedirect | undefined)[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    redirects.push(init?.redirect)
    return globalThis.fetch(input, init)
  }
  const own = new OpenAI({ baseURL: server.baseUrl, apiKey: 'test', fetch })
  const limited = withBudgets(own, { budgets: { eachTenant: { dayUsd: 1 } } })
  await limited.chat.completions.create(ask('one'))
  await limited.embeddings.create({ model: 'text-embedding-3-small', input: 'two' })
  expect(redirects).toEqual(['manual', 'manual'])
})

test('the controller of a stream closes the connection to the provider', async () => {
  const stalled = await startFaultServer(provider({ text: 'Some words', beforeFinish: [{ stall: true }] }))
  const cached = withResponseCache(new OpenAI({ baseURL: stalled.baseUrl, apiKey: 'test' }))
  const stream = await cached.chat.completions.create({ ...ask('go'), stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort()
  const exchange = stalled.journal[0]
  if (exchange === undefined) throw new Error('nothing was received')
  expect((await stalled.ended(exchange)).ended?.by).toBe('client')
  await stalled.close()
})

test('withBudgets refuses what its tenant cannot pay, before it is sent', async () => {
  const budgets = { tenants: { acme: { dayUsd: 0.02 } } }
  const limited = withBudgets(client, { budgets, context: { tenant: 'acme' } })
  // 1,024 output tokens of gpt-4o may cost a cent; these cost 0.0075 cents.
  await limited.chat.completions.create(ask('one'))
  await expect(limited.chat.completions.create({ ...ask('two'), n: 2 })).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    window: 'day',
  })
  expect(server.journal.length).toBe(1)
})
