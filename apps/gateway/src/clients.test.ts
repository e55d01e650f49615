// Clients that people have, unchanged but for their base URL, against both builds over HTTP.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import {
  chatAnswer,
  embedAnswer,
  errorAnswer,
  lastText,
  startFaultServer,
  vectorOf,
  type FaultServer,
} from '@plumbline/conformance'
import { createPipeline as createLangChain } from '@plumbline/langchain'
import { createPipeline as createScratch } from '@plumbline/scratch'
import { generateText, streamText } from 'ai'
import OpenAI, { APIUserAbortError, BadRequestError, InternalServerError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createGateway, type Gateway } from './app.ts'
import { createKey } from './keys.ts'
import { startServer, type RunningServer } from './server.ts'

const builds = { scratch: createScratch, langchain: createLangChain }
const acme = createKey('acme')

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
} as const

describe.each(Object.entries(builds))('through %s', (name, create) => {
  let upstream: FaultServer
  let gateway: Gateway
  let server: RunningServer
  let client: OpenAI

  beforeAll(async () => {
    upstream = await startFaultServer((exchange) => {
      if (exchange.path.endsWith('/embeddings')) return embedAnswer(exchange)
      const said = lastText(exchange)
      if (said === 'break') return errorAnswer(500, { message: 'broken' })
      if (said === 'wait') return chatAnswer(exchange, { text: 'never', beforeFirst: [{ stall: true }] })
      if (said === 'call') {
        const call = {
          id: 'call_1',
          type: 'function' as const,
          function: { name: 'weather', arguments: '{"city":"Graz"}' },
        }
        return chatAnswer(exchange, { toolCalls: [call] })
      }
      if (said === 'json') return chatAnswer(exchange, { text: '{"city":"Graz"}' })
      return chatAnswer(exchange, { text: `You said: ${said}` })
    })
    const provider = { baseUrl: upstream.baseUrl, apiKey: 'upstream-key' }
    const pipeline = create({ provider, retry: { maxRetries: 0 } })
    gateway = createGateway({
      pipelines: new Map([[name as keyof typeof builds, pipeline]]),
      keys: [acme.entry],
      provider: { ...provider, fetch: globalThis.fetch },
    })
    server = await startServer(gateway, { port: 0, drainMs: 1_000 })
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: acme.key })
  })
  afterAll(async () => {
    await server.stop()
    await upstream.close()
  })

  const ask = (content: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content }] })

  test('openai: a chat, with what it cost beside it', async () => {
    const { data, response } = await client.chat.completions.create(ask('hello')).withResponse()
    expect(data.choices[0]?.message.content).toBe('You said: hello')
    // 10 input and 5 output tokens at 0.15 and 0.60 USD per million.
    expect(response.headers.get('x-plumbline-cost-usd')).toBe('0.0000045')
    expect(response.headers.get('x-plumbline-cache')).toBe('declined')
    expect(response.headers.get('x-plumbline-record')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('openai: a stream, with usage where it was asked for', async () => {
    const stream = await client.chat.completions.create({
      ...ask('a b c'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await all(stream)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('You said: a b c')
    expect(chunks.at(-1)?.usage).toMatchObject({ total_tokens: 15 })
    expect(
      (await all(await client.chat.completions.create({ ...ask('x'), stream: true }))).some(
        ({ usage }) => usage,
      ),
    ).toBe(false)
  })

  test('openai: tools, a JSON schema, n choices and unknown fields go to the provider as they are', async () => {
    const response_format = {
      type: 'json_schema',
      json_schema: { name: 'place', schema: { type: 'object' } },
    } as const
    const answer = await client.chat.completions.create({ ...ask('json'), response_format })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: 'Graz' })
    const called = await client.chat.completions.create({ ...ask('call'), tools: [weather] })
    expect(called.choices[0]?.message.tool_calls).toMatchObject([
      { function: { arguments: '{"city":"Graz"}' } },
    ])
    await client.chat.completions.create({ ...ask('extra'), n: 2, verbosity: 'low', unheard_of: 7 } as never)
    expect(upstream.journal.at(-1)?.body).toMatchObject({ n: 2, verbosity: 'low', unheard_of: 7 })
  })

  test('openai: embeddings, as base64 and as floats', async () => {
    for (const encoding_format of ['float', 'base64'] as const) {
      const { data } = await client.embeddings.create({
        model: 'text-embedding-3-small',
        input: ['one', 'two'],
        encoding_format,
      })
      expect(data).toHaveLength(2)
    }
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'one' })
    expect([...(data[0]?.embedding ?? [])]).toEqual([
      ...new Float32Array(vectorOf('one', { model: 'text-embedding-3-small' })),
    ])
  })

  test('openai: an error has its class, its status and our code, and is not tried again', async () => {
    const before = upstream.journal.length
    const failed = await client.chat.completions.create(ask('break')).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(InternalServerError)
    expect(failed).toMatchObject({ status: 502, code: 'UPSTREAM', type: 'server_error' })
    expect(upstream.journal.length - before).toBe(1)
    const wrong = await client.chat.completions
      .create({ model: 'gpt-4o-mini', messages: [] })
      .catch((error: unknown) => error)
    expect(wrong).toBeInstanceOf(BadRequestError)
    expect(wrong).toMatchObject({ code: 'INVALID_REQUEST', param: 'messages' })
  })

  test('openai: an abort reaches the provider, for a whole answer and a stream', async () => {
    for (const stream of [false, true]) {
      const controller = new AbortController()
      const received = upstream.journal.length
      const pending = client.chat.completions.create(
        { ...ask('wait'), stream },
        { signal: controller.signal },
      )
      const exchange = await upstream.received(received + 1)
      // The stream has begun by then, with the role of who speaks.
      if (stream) await pending
      controller.abort()
      if (!stream) await expect(pending).rejects.toBeInstanceOf(APIUserAbortError)
      expect((await upstream.ended(exchange)).ended?.by).toBe('client')
      await expect.poll(() => gateway.admission.inFlight).toBe(0)
    }
  })

  test('LangChain: chat, stream, tools and embeddings', async () => {
    const configuration = { baseURL: `${server.url}/v1` }
    const model = new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: acme.key, configuration })
    expect((await model.invoke('hello')).content).toBe('You said: hello')
    let text = ''
    for await (const chunk of await model.stream('a b')) text += chunk.text
    expect(text).toBe('You said: a b')
    expect((await model.bindTools([weather]).invoke('call')).tool_calls).toMatchObject([
      { args: { city: 'Graz' } },
    ])
    const embeddings = new OpenAIEmbeddings({
      model: 'text-embedding-3-small',
      apiKey: acme.key,
      configuration,
    })
    expect(await embeddings.embedDocuments(['one', 'two'])).toHaveLength(2)
  })

  test('AI SDK: chat and stream', async () => {
    const provider = createOpenAICompatible({
      name: 'plumbline',
      baseURL: `${server.url}/v1`,
      apiKey: acme.key,
    })
    const model = provider('gpt-4o-mini')
    expect((await generateText({ model, prompt: 'hello' })).text).toBe('You said: hello')
    const { textStream } = streamText({ model, prompt: 'a b' })
    expect((await all(textStream)).join('')).toBe('You said: a b')
  })

  test('plain HTTP: a stream is events that end with [DONE], its cost in a comment before it', async () => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${acme.key}` },
      body: JSON.stringify({ ...ask('hello'), stream: true }),
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const lines = (await response.text()).split('\n\n').filter((line) => line !== '')
    expect(lines.at(-1)).toBe('data: [DONE]')
    expect(lines.at(-2)).toMatch(/^: plumbline \{.*"x-plumbline-cost-usd":"0.0000045"/)
  })
})
