import { errorAnswer, lastText, provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import { MetricsCollector, type LLMCallMetrics } from '@plumbline/core'
import { APIError, OpenAI } from 'openai'
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest'

import { withMetrics } from './client.ts'

let server: FaultServer
let records: LLMCallMetrics[]
let client: OpenAI

/** Keeps the records on their way into the collector. */
class KeptMetrics extends MetricsCollector {
  override record(call: LLMCallMetrics): void {
    records.push(call)
    super.record(call)
  }
}

beforeEach(async () => {
  records = []
  server = await startFaultServer(
    provider((request) => {
      const text = lastText(request)
      if (text === 'stall') return { text: 'Some words that', beforeFinish: [{ stall: true }] }
      if (text === 'cut') return { text: 'Some words', finishReason: null }
      if (text === 'json') return { text: '{"a":1}' }
      return { text: `You said: ${text}` }
    }),
  )
  client = withMetrics(new OpenAI({ baseURL: server.baseUrl, apiKey: 'test' }), {
    metrics: new KeptMetrics(),
    context: { tenant: 'acme', endpoint: 'faq', promptVersion: 'v1' },
  })
})
afterEach(() => server.close())

const ask = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content }] })
// 10 input and 5 output tokens at 2.50 and 10.00 USD per million.
const costNanoUsd = 10 * 2500 + 5 * 10_000
const shortRecords = () =>
  records.map(({ outcome, costNanoUsd: cost, usageEstimated }) => [outcome, cost, usageEstimated])

test('an answer is the client’s own, with its types, and recorded under the labels', async () => {
  const response = await client.chat.completions.create(ask('one'))
  expectTypeOf(response).toExtend<OpenAI.ChatCompletion>()
  expect(response.choices[0]?.message.content).toBe('You said: one')
  expect(shortRecords()).toEqual([['success', costNanoUsd, false]])
  expect(records[0]).toMatchObject({ tenant: 'acme', endpoint: 'faq', promptVersion: 'v1', attempts: 1 })
})

test('withResponse and asResponse are there, and each call is recorded once', async () => {
  const { data, response } = await client.chat.completions.create(ask('one')).withResponse()
  expect([data.choices[0]?.message.content, response.status]).toEqual(['You said: one', 200])
  const raw = await client.chat.completions.create(ask('two')).asResponse()
  expect(await raw.json()).toHaveProperty('choices.0.message.content', 'You said: two')
  await expect.poll(() => records.length).toBe(2)
  const streamed = await client.chat.completions.create({ ...ask('three'), stream: true }).withResponse()
  for await (const _ of streamed.data);
  expect(shortRecords()).toEqual(Array.from({ length: 3 }, () => ['success', costNanoUsd, false]))
  const rawStream = await client.chat.completions.create({ ...ask('four'), stream: true }).asResponse()
  expect(await rawStream.text()).toContain('[DONE]')
  // One token, and seven around it; the record waits for the tokenizer, which is loaded once.
  await expect.poll(() => shortRecords()[3], { timeout: 60_000 }).toEqual(['success', 8 * 2500, true])
}, 30_000)

test('a stream asks for its usage and shows it only to who wants it', async () => {
  const usages: unknown[] = []
  for (const include_usage of [false, true]) {
    const stream = await client.chat.completions.create({
      ...ask('one'),
      stream: true,
      stream_options: { include_usage },
    })
    for await (const chunk of stream) usages.push(chunk.usage)
  }
  expect(usages.filter(Boolean).length).toBe(1)
  expect(shortRecords()).toEqual(Array.from({ length: 2 }, () => ['success', costNanoUsd, false]))
  expect(records[0]?.timeToFirstChunkMs).toBeGreaterThan(0)
})

test('the helpers of the SDK go through the measured call', async () => {
  const parsed = await client.chat.completions.parse({
    ...ask('json'),
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } },
  })
  expect(parsed.choices[0]?.message.content).toBe('{"a":1}')
  const helper = client.chat.completions.stream(ask('two'))
  expect(await helper.finalContent()).toBe('You said: two')
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'f', description: '', parameters: {}, parse: JSON.parse, function: () => 'x' },
    },
  ]
  const runner = client.chat.completions.runTools({ ...ask('three'), tools })
  expect(await runner.finalContent()).toBe('You said: three')
  expect(shortRecords()).toEqual(Array.from({ length: 3 }, () => ['success', costNanoUsd, false]))
})

test('a stream that is left, or aborted by its controller or signal, is recorded as cancelled, with what came', async () => {
  const signal = new AbortController()
  const open = (options?: OpenAI.RequestOptions) =>
    client.chat.completions.create({ ...ask('stall'), stream: true }, options)
  const left = await open()
  for await (const chunk of left) if (chunk.choices[0]?.delta.content) break
  const aborted = await open()
  for await (const chunk of aborted) if (chunk.choices[0]?.delta.content) aborted.controller.abort()
  const signalled = await open({ signal: signal.signal })
  for await (const chunk of signalled) if (chunk.choices[0]?.delta.content) signal.abort()
  await expect.poll(() => records.length).toBe(3)
  for (const record of records) {
    expect(record).toMatchObject({ outcome: 'cancelled', usageEstimated: true })
    expect(record.costNanoUsd).toBeGreaterThan(0)
  }
  for (const exchange of server.journal) expect((await server.ended(exchange)).ended?.by).toBe('client')
})

test('a truncated stream, which the SDK ends as quietly as any, is recorded as an error', async () => {
  for await (const _ of await client.chat.completions.create({ ...ask('cut'), stream: true }));
  expect(records[0]).toMatchObject({ outcome: 'error', error: { code: 'UPSTREAM_TRUNCATED' } })
})

test('errors and retries are the client’s own, and recorded once by the code of the contract', async () => {
  const failing = await startFaultServer([errorAnswer(401)])
  const metrics = new KeptMetrics()
  const measured = withMetrics(new OpenAI({ baseURL: failing.baseUrl, apiKey: 'test' }), { metrics })
  await expect(measured.chat.completions.create(ask('one'))).rejects.toBeInstanceOf(APIError)
  await expect(measured.embeddings.create({ model: 'm', input: 'x' })).rejects.toBeInstanceOf(APIError)
  const aborted = measured.chat.completions.create(ask('two'), { signal: AbortSignal.abort() })
  await expect(aborted).rejects.toThrow('aborted')
  expect(records.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
    ['error', 'AUTHENTICATION'],
    ['error', 'AUTHENTICATION'],
    ['cancelled', 'CANCELLED'],
  ])
  expect(metrics.inFlight).toBe(0)
  await failing.close()
})

test('embeddings are recorded by their input, and the rest of the client is as it was', async () => {
  const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['ab', 'cde'] })
  expect(data.length).toBe(2)
  // Five tokens, one a character, at 0.02 USD per million.
  expect(shortRecords()).toEqual([['success', 100, false]])
  expect(records[0]?.operation).toBe('embed')
  await expect(client.models.list()).resolves.toBeDefined()
  await client.withOptions({ timeout: 1_000 }).chat.completions.create(ask('one'))
  expect(records.length).toBe(2)
})

test('64 calls at once are recorded under the labels of the client that made them', async () => {
  const clients = Array.from({ length: 4 }, (_, index) =>
    withMetrics(new OpenAI({ baseURL: server.baseUrl, apiKey: 'test' }), {
      metrics: new KeptMetrics(),
      context: { endpoint: `e${index}` },
    }),
  )
  await Promise.all(
    Array.from({ length: 64 }, (_, call) =>
      clients[call % 4]?.chat.completions.create({ ...ask(`${call}`), model: `model-${call % 4}` }),
    ),
  )
  expect(records.length).toBe(64)
  expect(records.every(({ endpoint, model }) => endpoint?.at(-1) === model.at(-1))).toBe(true)
})
