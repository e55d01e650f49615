import { InMemoryCache } from '@langchain/core/caches'
import { AIMessage } from '@langchain/core/messages'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai'
import {
  chatAnswer,
  errorAnswer,
  lastText,
  startFaultServer,
  type FaultServer,
  type Script,
} from '@plumbline/conformance'
import { MetricsCollector, type LLMCallMetrics } from '@plumbline/core'
import { createAgent } from 'langchain'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { usageFromMessage } from './call-facts.ts'
import { createChatModel, MetricsCallbackHandler, type MetricsHandlerOptions } from './index.ts'

// gpt-4o-mini at 0.15 and 0.60 USD per million: the provider counts 10 and 5 tokens.
const costNanoUsd = 10 * 150 + 5 * 600

let server: FaultServer
let records: LLMCallMetrics[]
let events: Record<string, unknown>[]

/** Keeps the records on their way into the collector. */
class KeptMetrics extends MetricsCollector {
  override record(call: LLMCallMetrics): void {
    records.push(call)
    super.record(call)
  }
}

const answers: Script = (request) => {
  const text = lastText(request)
  if (text === 'fail') return errorAnswer(400)
  if (text === 'stall')
    return chatAnswer(request, { text: 'Some words that', beforeFinish: [{ stall: true }] })
  if (text === 'weather') {
    const called = { name: 'weather', arguments: '{"city":"Bern"}' }
    return chatAnswer(request, {
      toolCalls: [{ id: 'call_1', type: 'function', function: called }],
      id: 'chatcmpl-tool',
    })
  }
  // LangGraph takes messages of one id for one message.
  return chatAnswer(request, { text: `You said: ${text}`, id: `chatcmpl-${request.index}` })
}

beforeEach(async () => {
  records = []
  events = []
  server = await startFaultServer(answers)
})
afterEach(() => server.close())

function handlerOf(options: MetricsHandlerOptions = {}): MetricsCallbackHandler {
  const logger = { info: (event: Record<string, unknown>) => void events.push(event), warn() {} }
  return new MetricsCallbackHandler({ metrics: new KeptMetrics(), logger, ...options })
}

/** Anybody's model: nothing of ours in it. */
function modelOf(fields: ChatOpenAIFields = {}): ChatOpenAI {
  const configuration = { baseURL: server.baseUrl }
  return new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'sk-test', maxRetries: 0, configuration, ...fields })
}

const costs = () => records.map((record) => record.costNanoUsd)

test('a stream of a tool call has a first piece of content, and costs what it came to when it is left', async () => {
  const stream = (handler: MetricsCallbackHandler) => modelOf().stream('weather', { callbacks: [handler] })
  for await (const _ of await stream(handlerOf()));
  for await (const chunk of await stream(handlerOf({ idleMs: 200 })))
    if (chunk.tool_call_chunks?.some(({ args }) => args)) break
  await expect.poll(() => records.length).toBe(2)
  expect(records).toMatchObject([
    { outcome: 'success', timeToFirstChunkMs: expect.any(Number), chunksPerSecond: expect.any(Number) },
    { outcome: 'cancelled', usageEstimated: true, timeToFirstChunkMs: expect.any(Number) },
  ])
  expect(records[1]?.outputTokens).toBeGreaterThan(0)
})

test('invoke leaves one record, priced, when it returns, and one event without the prompt', async () => {
  const handler = handlerOf()
  await modelOf().invoke('one', { callbacks: [handler], metadata: { tenant: 'acme', promptVersion: 'v1' } })
  expect(records).toMatchObject([{ tenant: 'acme', promptVersion: 'v1', costNanoUsd, outcome: 'success' }])
  expect(events).toMatchObject([{ event: 'llm_call', cost_usd: costNanoUsd / 1e9, input_tokens: 10 }])
  expect(JSON.stringify(events)).not.toContain('one"')
  expect(handler.metrics.summary().costNanoUsd).toBe(costNanoUsd)
})

test('labels are read from metadata first, and from tags', async () => {
  const handler = handlerOf()
  await modelOf().invoke('one', {
    callbacks: [handler],
    tags: ['tenant:acme', 'endpoint:by-tag', 'other'],
    metadata: { endpoint: 'by-metadata' },
  })
  expect(records).toMatchObject([{ tenant: 'acme', endpoint: 'by-metadata' }])
})

test('a batch of twenty leaves twenty records, a chain’s model one a call', async () => {
  const handler = handlerOf()
  const chain = ChatPromptTemplate.fromTemplate('{word}').pipe(modelOf())
  const words = Array.from({ length: 20 }, (_, index) => ({ word: `word ${index}` }))
  const config = { callbacks: [handler], metadata: { endpoint: 'batch' } }
  expect((await chain.batch(words, config)).map(({ text }) => text)).toEqual(
    words.map(({ word }) => `You said: ${word}`),
  )
  expect(costs()).toEqual(Array.from({ length: 20 }, () => costNanoUsd))
  expect(handler.metrics.summary({ by: 'endpoint' }).groups?.['batch']?.totalCalls).toBe(20)
})

test('a stream has the counts of the provider and its time to first content', async () => {
  const stream = await modelOf().stream('one two three', { callbacks: [handlerOf()] })
  for await (const _ of stream);
  expect(records).toMatchObject([{ stream: true, costNanoUsd, usageEstimated: false }])
  expect(records[0]?.timeToFirstChunkMs).toBeGreaterThan(0)
  expect(records[0]?.chunksPerSecond).toBeGreaterThan(0)
})

test('alone, a stream that is left is closed as cancelled once it has been silent, with nothing else going on', async () => {
  const handler = handlerOf({ idleMs: 300 })
  for await (const chunk of await modelOf().stream('stall', { callbacks: [handler] })) if (chunk.text) break
  const left = [{ outcome: 'cancelled', usageEstimated: true }]
  await expect.poll(() => records, { timeout: 60_000 }).toMatchObject(left)
  expect(records[0]?.costNanoUsd).toBeGreaterThan(0)
  expect(handler.metrics.inFlight).toBe(0)
})

test('with our completions a stream that is left is recorded at once', async () => {
  const fields = { model: 'gpt-4o-mini', apiKey: 'sk-test', configuration: { baseURL: server.baseUrl } }
  const model = createChatModel(fields, { metrics: handlerOf() })
  for await (const chunk of await model.stream('stall')) if (chunk.text) break
  await expect.poll(() => records).toMatchObject([{ outcome: 'cancelled', usageEstimated: true }])
})

test('an agent with a tool leaves one record for each call of its model, under the labels of its run', async () => {
  const weather = tool(() => 'sunny', {
    name: 'weather',
    description: 'The weather in a city.',
    schema: { type: 'object', properties: { city: { type: 'string' } } },
  })
  const agent = createAgent({ model: modelOf(), tools: [weather] })
  const config = { callbacks: [handlerOf()], metadata: { tenant: 'acme', endpoint: 'agent' } }
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'weather' }] }, config)
  expect(messages.at(-1)?.text).toBe('You said: sunny')
  expect(records).toMatchObject([
    { tenant: 'acme', endpoint: 'agent', costNanoUsd },
    { tenant: 'acme', endpoint: 'agent', costNanoUsd },
  ])
})

test('a failure is recorded with its code, a hit of a cache as a saving', async () => {
  const handler = handlerOf()
  const model = modelOf({ callbacks: [handler], cache: new InMemoryCache() })
  await expect(model.invoke('fail')).rejects.toThrow()
  await model.invoke('one')
  await model.invoke('one')
  expect(records).toMatchObject([
    { outcome: 'error', error: { code: 'INVALID_REQUEST' }, costNanoUsd: 0 },
    { outcome: 'success', cacheStatus: 'off', costNanoUsd },
    { outcome: 'success', cacheStatus: 'hit', attempts: 0, costNanoUsd: 0, savedNanoUsd: costNanoUsd },
  ])
  expect(server.journal.length).toBe(2)
})

test('64 runs at once, whole and streamed, are recorded under their own labels', async () => {
  const model = modelOf({ callbacks: [handlerOf()] })
  await Promise.all(
    Array.from({ length: 64 }, async (_, call) => {
      const config = { metadata: { tenant: `t${call}` }, tags: [`endpoint:e${call}`] }
      if (call % 2 === 0) return void (await model.invoke(`${call}`, config))
      for await (const chunk of await model.stream(`${call}`, config)) void chunk
    }),
  )
  const seen = records.map(({ tenant, endpoint }) => `${tenant} ${endpoint}`).toSorted()
  expect(seen).toEqual(Array.from({ length: 64 }, (_, call) => `t${call} e${call}`).toSorted())
})

test('of a usage that LangChain has translated it is known how much was sound', () => {
  const message = Object.assign(new AIMessage(''), {
    usage_metadata: {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_token_details: { audio: 4 },
      output_token_details: { audio: 3, reasoning: 1 },
    },
  })
  expect(usageFromMessage(message)).toEqual({
    inputTokens: 10,
    cachedInputTokens: 0,
    outputTokens: 5,
    reasoningTokens: 1,
    audioInputTokens: 4,
    audioOutputTokens: 3,
  })
})
