import { errorAnswer, lastText, provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import {
  createMemoryStore,
  defineGuardrails,
  emailRule,
  MetricsCollector,
  type LLMCallMetrics,
} from '@plumbline/core'
import { APIError, APIUserAbortError, OpenAI } from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { withEmbeddingCache, withResponseCache, type ClientOptions } from './client.ts'

let server: FaultServer
let records: LLMCallMetrics[]

/** Keeps the records on their way into the collector. */
class KeptMetrics extends MetricsCollector {
  override record(call: LLMCallMetrics): void {
    records.push(call)
    super.record(call)
  }
}

let client: OpenAI
let cached: OpenAI

beforeEach(async () => {
  records = []
  server = await startFaultServer(
    provider((request) => {
      const text = lastText(request)
      if (text === 'stall') return { text: 'Some words that', beforeFinish: [{ stall: true }] }
      if (text === 'cut') return { text: 'Some words', finishReason: null }
      return { text: text === 'json' ? '{"a":1}' : `You said: ${text} (${request.index})` }
    }),
  )
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'test', maxRetries: 0 })
  cached = withResponseCache(client, { metrics: new KeptMetrics() })
})
afterEach(() => server.close())

const ask = (content: string) => ({
  model: 'gpt-4o',
  temperature: 0,
  messages: [{ role: 'user' as const, content }],
})

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

test('a repetition is answered by itself, whole or streamed, and recorded with what it saved', async () => {
  const first = await cached.chat.completions.create(ask('one'))
  expect(await cached.chat.completions.create(ask('one'))).toEqual(first)
  const text = 'You said: one (0)'
  expect(await textOf(await cached.chat.completions.create({ ...ask('one'), stream: true }))).toBe(text)
  expect(server.journal.length).toBe(1)
  expect(records.map(({ cacheStatus }) => cacheStatus)).toEqual(['miss', 'hit', 'hit'])
  expect(records.map(({ costNanoUsd }) => costNanoUsd > 0)).toEqual([true, false, false])
})

test('withResponse and asResponse tell of the provider at a miss, and of the cache at a hit', async () => {
  for (const from of [null, 'hit']) {
    const { data, response } = await cached.chat.completions.create(ask('one')).withResponse()
    expect(data.choices[0]?.message.content).toBe('You said: one (0)')
    expect([response.status, response.headers.get('x-plumbline-cache')]).toEqual([200, from])
  }
  const raw = await cached.chat.completions.create(ask('one')).asResponse()
  expect(await raw.json()).toHaveProperty('choices.0.message.content', 'You said: one (0)')
  const events = await cached.chat.completions.create({ ...ask('one'), stream: true }).asResponse()
  const body = await events.text()
  expect(body).toContain('You said: one (0)')
  expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true)
  expect(server.journal.length).toBe(1)
})

test('the helpers of the SDK hit, too', async () => {
  const parse = () =>
    cached.chat.completions.parse({
      ...ask('json'),
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } },
    })
  expect((await parse()).choices[0]?.message.content).toBe('{"a":1}')
  expect((await parse()).choices[0]?.message.content).toBe('{"a":1}')
  const stream = () => cached.chat.completions.stream(ask('two')).finalContent()
  expect(await stream()).toBe(await stream())
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'f', description: '', parameters: {}, parse: JSON.parse, function: () => 'x' },
    },
  ]
  const run = () => cached.chat.completions.runTools({ ...ask('three'), tools }).finalContent()
  expect(await run()).toBe(await run())
  expect(server.journal.length).toBe(3)
})

test('calls at once share one, streams too, and a stream shows its usage to who wants it', async () => {
  const usages = (include_usage: boolean) => async () => {
    const asked = { ...ask('one'), stream: true as const, stream_options: { include_usage } }
    let last: unknown
    for await (const chunk of await cached.chat.completions.create(asked)) last = chunk.usage
    return Boolean(last)
  }
  const [whole, ...shown] = await Promise.all([
    cached.chat.completions.create(ask('one')),
    ...[true, false].map((wants) => usages(wants)()),
  ])
  expect([whole.choices[0]?.message.content, ...shown]).toEqual(['You said: one (0)', true, false])
  expect(server.journal.length).toBe(1)
})

test('what is not deterministic is asked each time, with the options of its call', async () => {
  const headers = { 'x-trace': 'one' }
  for (let turn = 0; turn < 2; turn++)
    await cached.chat.completions.create({ ...ask('one'), temperature: 1 }, { headers })
  for await (const _ of await cached.chat.completions.create({ ...ask('two'), stream: true }, { headers }));
  const embeddings = withEmbeddingCache(client)
  await embeddings.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] }, { headers })
  expect(server.journal.map((exchange) => exchange.headers['x-trace'])).toEqual(['one', 'one', 'one', 'one'])
})

test('errors and retries are the client’s own, and nothing of them is kept', async () => {
  const failing = await startFaultServer([errorAnswer(500), errorAnswer(500), errorAnswer(401)])
  const own = new OpenAI({ baseURL: failing.baseUrl, apiKey: 'test', maxRetries: 1 })
  const wrapped = withResponseCache(own)
  for (const status of [500, 401]) {
    const error: unknown = await wrapped.chat.completions
      .create(ask('one'))
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status })
  }
  expect(failing.journal.length).toBe(3)
  const aborted = wrapped.chat.completions.create(ask('two'), { signal: AbortSignal.abort() })
  await expect(aborted).rejects.toBeInstanceOf(APIUserAbortError)
  await failing.close()
})

test('a stream that is left or aborted ends as the client’s, closes its connection and keeps nothing; a cut one says so', async () => {
  const open = () => cached.chat.completions.create({ ...ask('stall'), stream: true })
  const left = await open()
  for await (const chunk of left) if (chunk.choices[0]?.delta.content) break
  const aborted = await open()
  for await (const chunk of aborted) if (chunk.choices[0]?.delta.content) aborted.controller.abort()
  for (const exchange of server.journal) expect((await server.ended(exchange)).ended?.by).toBe('client')
  expect(server.journal.length).toBe(2)
  for (let turn = 0; turn < 2; turn++) {
    const cut = cached.chat.completions.create({ ...ask('cut'), stream: true })
    await expect(cut.then(textOf)).rejects.toMatchObject({ code: 'UPSTREAM_TRUNCATED' })
  }
  expect(server.journal.length).toBe(4)
})

test('tenants never share, `withOptions` does, and the rest of the client is as it was', async () => {
  const store = createMemoryStore()
  const of = (tenant: string) => withResponseCache(client, { responseCache: { store }, context: { tenant } })
  const texts = await Promise.all(
    ['a', 'b'].map(async (tenant) => {
      const { choices } = await of(tenant).chat.completions.create(ask('one'))
      return choices[0]?.message.content
    }),
  )
  expect(texts[0]).not.toBe(texts[1])
  await of('a').withOptions({ timeout: 1_000 }).chat.completions.create(ask('one'))
  expect(server.journal.length).toBe(2)
  await cached.embeddings.create({ model: 'm', input: 'x' })
  await cached.embeddings.create({ model: 'm', input: 'x' })
  expect(server.journal.length).toBe(4)
  await expect(cached.models.list()).resolves.toBeDefined()
})

test('a text is embedded once, in the encoding that is asked for, and errors are the client’s own', async () => {
  const embeddings = withEmbeddingCache(client, { metrics: new KeptMetrics() })
  const embed = (input: string | string[], encoding_format?: 'base64' | 'float') =>
    embeddings.embeddings.create({
      model: 'text-embedding-3-small',
      input,
      ...(encoding_format && { encoding_format }),
    })
  const { data } = await embed(['a', 'b', 'a'])
  expect(data[2]?.embedding).toEqual(data[0]?.embedding)
  expect((await embed('b', 'float')).data[0]?.embedding).toEqual(data[1]?.embedding)
  expect(typeof (await embed('b', 'base64')).data[0]?.embedding).toBe('string')
  const { response } = await embed('a').withResponse()
  expect(response.headers.get('x-plumbline-cache')).toBe('hit')
  expect(server.journal.map(({ body }) => (body as { input: unknown }).input)).toEqual([['a', 'b']])
  expect(records.map(({ cacheStatus }) => cacheStatus)).toEqual(['miss', 'hit', 'hit', 'hit'])
  const failing = await startFaultServer([errorAnswer(400)])
  const wrapped = withEmbeddingCache(new OpenAI({ baseURL: failing.baseUrl, apiKey: 'test' }))
  await expect(wrapped.embeddings.create({ model: 'm', input: 'x' })).rejects.toBeInstanceOf(APIError)
  await failing.close()
})

test('what other concerns are told, in options that several share, has no effect', async () => {
  const shared: ClientOptions = {
    retry: { maxRetries: 2 },
    deadlineMs: 1,
    guardrails: defineGuardrails({ rules: [{ rule: emailRule(), action: 'redact' }] }),
  }
  let failed = false
  const failing = await startFaultServer((request) => {
    const fails = !failed
    failed = true
    return fails ? errorAnswer(500) : provider({ text: lastText(request) })(request)
  })
  try {
    const own = new OpenAI({ baseURL: failing.baseUrl, apiKey: 'test', maxRetries: 0 })
    const wrapped = withResponseCache(own, shared)
    await expect(wrapped.chat.completions.create(ask('one'))).rejects.toBeInstanceOf(APIError)
    expect(failing.journal.length).toBe(1)
    const { choices } = await wrapped.chat.completions.create(ask('ann@example.com'))
    expect(choices[0]?.message.content).toBe('ann@example.com')
  } finally {
    await failing.close()
  }
})

test('embeddings keep the request id of what was sent, and tokens are the client’s own call', async () => {
  const embeddings = withEmbeddingCache(client, { metrics: new KeptMetrics() })
  const model = 'text-embedding-3-small'
  const sent = (await embeddings.embeddings.create({ model, input: 'a' })) as { _request_id?: unknown }
  const bare = (await client.embeddings.create({ model, input: 'a' })) as { _request_id?: unknown }
  expect('_request_id' in sent).toBe('_request_id' in bare)
  await embeddings.embeddings.create({ model, input: [[1, 2, 3]] }).catch(() => {})
  expect(server.journal.at(-1)?.body).toMatchObject({ input: [[1, 2, 3]] })
  expect(records.length).toBe(1)
})
