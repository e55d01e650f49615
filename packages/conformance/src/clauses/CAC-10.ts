import type { ChatRequest, Pipeline, ResponseCacheOptions, ToolCall } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { chatAnswer, chatBody, errorAnswer, type Reply } from '../servers/provider.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { wordPolicy } from '../test-policy.ts'

// Answers of a fallback model are added when there is one (FLT-11).

const good: Reply = { text: 'All is well here.' }
const modes = ['whole', 'streamed'] as const
type Mode = (typeof modes)[number]

/** The first answer of a provider that gives good ones ever after. */
type First = Reply | ((request: Exchange) => Answer)

/** Asks for an answer whichever way, and takes whatever comes of it. */
async function ask(made: Pipeline, request: ChatRequest, mode: Mode): Promise<void> {
  if (mode === 'whole') await made.chat(request).catch(() => {})
  else await readAll(made.stream(request)).catch(() => {})
}

/**
 * Gives each of these first answers to a whole and to a streamed request, and requires that the same request, in the other mode,
 * is answered by the provider the second time, and by the cache the third.
 */
async function checkNeverStored(
  { check, faults, pipeline }: Lab,
  firsts: Readonly<Record<string, First>>,
  options: { responseCache?: ResponseCacheOptions; request?: ChatRequest } = {},
): Promise<void> {
  const { responseCache = {}, request = askCacheable('How are you?') } = options
  for (const [name, first] of Object.entries(firsts)) {
    for (const mode of modes) {
      const server = await faults((exchange) => {
        if (exchange.index > 0) return chatAnswer(exchange, good)
        return typeof first === 'function' ? first(exchange) : chatAnswer(exchange, first)
      })
      const made = pipeline({ server, responseCache, retry: { maxRetries: 0 } })
      const what = `${name}, ${mode}`
      await ask(made, request, mode)
      check.equal(server.journal.length, 1, `${what}: requests before it is asked for again`)
      await ask(made, request, mode === 'whole' ? 'streamed' : 'whole')
      check.equal(server.journal.length, 2, `${what}: requests when it is asked for again`)
      const { response } = await made.chat(request)
      check.equal(response.choices[0]?.message.content, good.text, `${what}: the answer after it`)
      check.equal(server.journal.length, 2, `${what}: requests when a good answer has been stored`)
    }
  }
}

const raw =
  (text: string, headers: Record<string, string> = {}): First =>
  () => ({ headers, steps: [{ text }] })

/** A streamed answer with `ending` after its text; a whole one is cut short, so that both are broken. */
const endingWith =
  (...ending: Answer['steps']): First =>
  (request) => {
    const answer = chatAnswer(request, { text: 'All is', finishReason: null, ending })
    const isStream = 'content-type' in (answer.headers ?? {})
    return isStream ? answer : { steps: [{ text: '{"id":"chatcmpl-1","choices":[' }, { reset: true }] }
  }

const toolCalls: ToolCall[] = [
  { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
  { id: 'call_b', type: 'function', function: { name: 'book', arguments: '{"seats":2}' } },
]

/** An answer that never ends: a streamed one stalls after its text, a whole one before its first byte. */
const stalled = (request: Exchange): Reply => ({
  text: 'All is well here.',
  ...(chatBody(request).stream === true
    ? { beforeFinish: [{ stall: true }] }
    : { beforeFirst: [{ stall: true }] }),
})

export const CAC10 = defineClause({
  id: 'CAC-10',
  sentence:
    "Never stored: errors, aborted or truncated streams, `length` and `content_filter` finishes, blocked answers, empty answers, answers of a fallback model under the first model's key; tool calls only by option.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'an answer that was cut at its length, filtered or empty is asked for again',
      case: 'ordinary',
      async run(lab) {
        await checkNeverStored(lab, {
          length: { text: 'All is', finishReason: 'length' },
          content_filter: { text: 'All is', finishReason: 'content_filter' },
          'an empty text': { text: '', pieces: [''] },
          'no text': {},
        })
      },
    },
    {
      name: 'an error is forgotten when it is over',
      case: 'ordinary',
      async run(lab) {
        await checkNeverStored(lab, {
          500: () => errorAnswer(500),
          429: () => errorAnswer(429, { code: 'rate_limit_exceeded' }),
          400: () => errorAnswer(400, { type: 'invalid_request_error' }),
          401: () => errorAnswer(401, { code: 'invalid_api_key' }),
          'no connection': () => ({ before: [{ reset: true }], steps: [] }),
        })
      },
    },
    {
      name: 'tool calls are asked for again, in either mode, also beside a text',
      case: 'ordinary',
      async run(lab) {
        await checkNeverStored(lab, {
          'tool calls': { toolCalls },
          'tool calls with a text': { text: 'Let me see.', toolCalls },
          'tool calls that end with `stop`': { text: 'Let me see.', toolCalls, finishReason: 'stop' },
        })
      },
    },
    {
      name: 'by option tool calls are stored like any answer, arguments included',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        for (const mode of modes) {
          const server = await faults((request) => chatAnswer(request, { toolCalls }))
          const made = pipeline({ server, responseCache: { storeToolCalls: true } })
          const request = askCacheable('Two seats, please')
          await ask(made, request, mode)
          const { message, finish_reason } = (await made.chat(request)).response.choices[0] ?? {}
          check.deepEqual(message?.tool_calls, toolCalls, `the tool calls of a ${mode} answer`)
          check.equal(finish_reason, 'tool_calls', 'their finish reason')
          const names = (await readAll(made.stream(request)))
            .flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
            .map((call) => call.function?.name ?? '')
          check.equal(names.join(''), 'weatherbook', 'the tool calls of a stream from the cache')
          check.equal(server.journal.length, 1, 'requests at the provider')
        }
      },
    },
    {
      name: 'one bad choice of two is enough, first or last',
      case: 'boundary',
      async run(lab) {
        const cut = { text: 'All is', finishReason: 'length' }
        await checkNeverStored(
          lab,
          {
            'the first one cut': { choices: [cut, good] },
            'the last one cut': { choices: [good, cut] },
            'the last one empty': { choices: [good, { text: '' }] },
            'the last one with tool calls': { choices: [good, { toolCalls }] },
          },
          { request: askCacheable('How are you?', { n: 2 }) },
        )
      },
    },
    {
      name: 'with tool calls stored, those that were cut at their length are not',
      case: 'boundary',
      async run(lab) {
        const half = { id: 'call_a', type: 'function', function: { name: 'book', arguments: '{"seats":' } }
        await checkNeverStored(
          lab,
          { 'half a tool call': { toolCalls: [half], finishReason: 'length' } },
          { responseCache: { storeToolCalls: true } },
        )
      },
    },
    {
      name: 'a stream that its reader leaves, and a call that is aborted, are asked for again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(request, request.index < 3 ? stalled(request) : good),
        )
        const made = pipeline({ server, responseCache: {} })
        const request = askCacheable('How are you?')
        for await (const chunk of made.stream(request)) if (chunk.choices[0]?.delta.content) break
        await server.ended(await server.received(1))

        const whole = new AbortController()
        const call = made.chat(askCacheable('And you?'), { signal: whole.signal }).catch(() => {})
        const streamed = new AbortController()
        const reading = readAll(made.stream(request, { signal: streamed.signal })).catch(() => {})
        await server.received(3)
        whole.abort()
        streamed.abort()
        await Promise.all([call, reading])

        for (const question of [request, askCacheable('And you?')]) {
          const { response } = await made.chat(question)
          check.equal(response.choices[0]?.message.content, good.text, 'the answer')
          check.equal(response.choices[0]?.finish_reason, 'stop', 'its finish reason')
        }
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
    {
      name: 'a stream that ends too early, breaks or fails half-way is asked for again',
      case: 'nasty',
      async run(lab) {
        await checkNeverStored(lab, {
          'no finish reason': endingWith({ text: 'data: [DONE]\n\n' }),
          'no finish reason and no end marker': endingWith(),
          'a reset': endingWith({ reset: true }),
          'an error event': endingWith({ event: { error: { message: 'overloaded', code: 'overloaded' } } }),
          'a broken event': endingWith({ text: 'data: {"id":"chatcmpl-1","choices":[{"in\n\n' }),
        })
      },
    },
    {
      name: 'a 200 that is no answer is forgotten',
      case: 'nasty',
      async run(lab) {
        await checkNeverStored(lab, {
          'a page': raw('<html><body>Service unavailable</body></html>', { 'content-type': 'text/html' }),
          'half an answer': raw('{"id":"chatcmpl-1","object":"chat.completion","choices":[{"ind'),
          'no choices': raw('{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o","choices":[]}'),
          'an error in a 200': raw('{"error":{"message":"overloaded","code":"overloaded"}}'),
        })
      },
    },
    {
      name: 'a blocked answer is asked for again, and one that passes then is stored',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        for (const mode of modes) {
          const server = await faults((request) =>
            chatAnswer(request, request.index === 0 ? { text: 'The word is FORBIDDEN here.' } : good),
          )
          const guardrails = wordPolicy('FORBIDDEN', 'block', ['output'])
          const made = pipeline({ server, guardrails, responseCache: {} })
          const request = askCacheable('What is the word?')
          const answered = mode === 'whole' ? made.chat(request) : readAll(made.stream(request))
          const isBlocked = await answered.then(
            () => false,
            () => true,
          )
          await ask(made, request, 'whole')
          // Who blocks nothing has an ordinary answer here.
          check.equal(server.journal.length, isBlocked ? 2 : 1, `requests after a ${mode} answer`)
          await ask(made, request, 'streamed')
          check.equal(server.journal.length, isBlocked ? 2 : 1, 'requests once an answer has passed')
        }
      },
    },
    {
      name: 'callers who share a bad answer in flight do not store it either',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(
            request,
            // The calls may share a request or make their own.
            request.index < 4
              ? { text: 'All is', finishReason: 'length', beforeFirst: [{ gate: 'go' }] }
              : good,
          ),
        )
        const made = pipeline({ server, responseCache: {} })
        const request = askCacheable('How are you?')
        const calls = [...modes, ...modes].map((mode) => ask(made, request, mode))
        await server.reached('go')
        await new Promise((resolve) => setTimeout(resolve, 20))
        server.release('go')
        await Promise.all(calls)
        const before = server.journal.length
        await made.chat(request)
        check.equal(server.journal.length, before + 1, 'requests when it is asked for again')
      },
    },
  ],
})
