import { isDeepStrictEqual } from 'node:util'

import type { ChatRequest } from '@plumbline/core'
import * as fc from 'fast-check'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { chatBody, provider } from '../servers/provider.ts'

/** Written out, since the oracle must not be the build's own list. */
const bookkeeping: Record<string, unknown> = {
  stream_options: { include_usage: true },
  user: 'user-1',
  metadata: { trace: '1' },
  store: true,
  safety_identifier: 'safe-1',
  prompt_cache_key: 'key-1',
  prompt_cache_retention: '24h',
}

const base = askCacheable('Hello', { seed: 1 })
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

/** Each differs from `base` in one thing that can change the answer. */
const variants: Record<string, Partial<ChatRequest>> = {
  model: { model: 'gpt-4o-mini' },
  'a dated model': { model: 'gpt-4o-2024-08-06' },
  text: { messages: [{ role: 'user', content: 'Hello ' }] },
  role: { messages: [{ role: 'system', content: 'Hello' }] },
  'message name': { messages: [{ role: 'user', content: 'Hello', name: 'Ann' }] },
  'content parts': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'text', text: 'Hello' },
        ],
      },
    ],
  },
  'an empty turn': {
    messages: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: '' },
    ],
  },
  'unknown message field': { messages: [{ role: 'user', content: 'Hello', cache_control: 'x' }] },
  temperature: { temperature: 0.1 },
  'another temperature': { temperature: 0.2 },
  'no temperature': { temperature: undefined as never },
  seed: { seed: 2 },
  'seed 0': { seed: 0 },
  n: { n: 2 },
  top_p: { top_p: 0.5 },
  max_tokens: { max_tokens: 100 },
  max_completion_tokens: { max_completion_tokens: 100 },
  stop: { stop: ['a'] },
  // Not the one of the list before it: one text and a list of it are the same to the server, and may share an answer.
  'stop, as text': { stop: 'b' },
  presence_penalty: { presence_penalty: 1 },
  frequency_penalty: { frequency_penalty: 1 },
  logit_bias: { logit_bias: { '50256': -100 } },
  logprobs: { logprobs: true },
  top_logprobs: { logprobs: true, top_logprobs: 2 },
  tools: { tools: [tool] },
  'tool description': {
    tools: [{ ...tool, function: { ...tool.function, description: 'Does it.' } }],
  },
  tool_choice: { tools: [tool], tool_choice: 'none' },
  parallel_tool_calls: { tools: [tool], parallel_tool_calls: false },
  response_format: { response_format: { type: 'json_object' } },
  reasoning_effort: { reasoning_effort: 'high' },
  verbosity: { verbosity: 'low' },
  modalities: { modalities: ['text', 'audio'] },
  prediction: { prediction: { type: 'content', content: 'Hello' } },
  web_search_options: { web_search_options: {} },
  top_k: { top_k: 5 },
  chat_template_kwargs: { chat_template_kwargs: { thinking: true } },
}

export const CAC02 = defineClause({
  id: 'CAC-02',
  sentence:
    'Every field that can change the answer changes the key, unknown fields included (P); transport and bookkeeping fields (stream, stream_options, user, metadata, store, safety_identifier, prompt_cache_key, prompt_cache_retention) do not.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'each of the fields that the API has for the answer makes another request',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => {
            // As many answers as were asked for, and JSON, which is asked for once.
            const { n = 1 } = chatBody(request)
            const text = JSON.stringify({ answer: request.index })
            return { choices: Array.from({ length: n ?? 1 }, () => ({ text })) }
          }),
        )
        const made = pipeline({ server, responseCache: {} })
        await made.chat(base)
        for (const [what, fields] of Object.entries(variants)) {
          const before = server.journal.length
          await made.chat({ ...base, ...fields })
          check.equal(server.journal.length, before + 1, `requests at the provider, after another ${what}`)
        }
        const before = server.journal.length
        for (const fields of Object.values(variants)) await made.chat({ ...base, ...fields })
        check.equal(server.journal.length, before, 'requests at the provider, after asking all of them again')
      },
    },
    {
      name: 'bookkeeping fields, alone and together, whole and streamed, find the same answer',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        await made.chat(base)
        const { stream_options, ...fields } = bookkeeping
        const requests: ChatRequest[] = Object.entries(fields).map(([field, value]) => ({
          ...base,
          [field]: value,
        }))
        for (const request of [...requests, { ...base, ...fields }]) {
          const { response } = await made.chat(request)
          const what = Object.keys(request).join()
          check.equal(response.choices[0]?.message.content, 'Answer 0', `the answer to ${what}`)
        }
        for (const request of [base, { ...base, ...fields }, { ...base, ...fields, stream_options }]) {
          await readAll(made.stream(request as ChatRequest))
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a field that is undefined is a field that is not there',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: {} })
        await made.chat(base)
        await made.chat({ ...base, top_p: undefined, tools: undefined })
        await made.chat({ ...base, messages: [{ role: 'user', content: 'Hello', name: undefined as never }] })
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a bookkeeping name deeper in the request is not bookkeeping',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        await made.chat(base)
        for (const field of ['stream', ...Object.keys(bookkeeping)]) {
          for (const value of ['a', 'b']) {
            const before = server.journal.length
            const properties = { [field]: { const: value } }
            const parameters = { type: 'object', properties }
            await made.chat({ ...base, tools: [{ type: 'function', function: { name: 'f', parameters } }] })
            await made.chat({ ...base, messages: [{ role: 'user', content: 'Hello', [field]: value }] })
            await made.chat({ ...base, extra_body: { [field]: value } })
            check.equal(server.journal.length, before + 3, `requests at the provider, with ${field} ${value}`)
          }
        }
      },
    },
    {
      name: 'values that look alike are not the same',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        const values: unknown[] = [
          0,
          1,
          '0',
          '1',
          false,
          true,
          'false',
          'null',
          '',
          [],
          {},
          [0],
          [[0]],
          [null],
          { '0': 0 },
        ]
        values.push(
          '[]',
          '{}',
          1e-7,
          0.1,
          0.1 + Number.EPSILON,
          2 ** 53 - 1,
          2 ** 53 - 2,
          { a: { b: 1 } },
          { 'a.b': 1 },
        )
        for (const value of values) await made.chat({ ...base, option: value })
        check.equal(server.journal.length, values.length, 'requests at the provider')
      },
    },
    {
      name: 'the same request to another server is another request, in one store',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const servers = await Promise.all(['a', 'b'].map((text) => faults(provider({ text }))))
        const store = createSpyStore()
        for (const [index, server] of servers.entries()) {
          const { response } = await pipeline({ server, responseCache: { store } }).chat(base)
          check.equal(response.choices[0]?.message.content, 'ab'[index], `the answer of server ${index}`)
        }
      },
    },
    {
      name: 'property: two values of an unknown field, of any name and shape, never share an answer',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => {
            const { model: _, messages: __, temperature: ___, stream: ____, ...fields } = chatBody(request)
            return { text: JSON.stringify(fields) }
          }),
        )
        const made = pipeline({ server, responseCache: {} })
        const known = new Set([
          'model',
          'messages',
          'temperature',
          'seed',
          'stream',
          ...Object.keys(bookkeeping),
        ])
        const names = fc
          .oneof(
            fc.string({ minLength: 1, unit: 'binary' }),
            fc.constantFrom('constructor', 'toString', 'users', 'Stream'),
          )
          .filter((name) => !known.has(name) && name !== '__proto__')
        const values = fc
          .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
          .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
        await fc.assert(
          fc.asyncProperty(names, values, values, async (name, one, other) => {
            for (const value of [one, other, one]) {
              const { response } = await made.chat(askCacheable('Hello', { [name]: value }))
              // The server says what it was asked: without the field, when that is not sent, or what another request asked.
              const said = JSON.parse(String(response.choices[0]?.message.content)) as unknown
              if (!isDeepStrictEqual(said, { [name]: value })) {
                throw new Error(
                  `${JSON.stringify({ [name]: value })} was answered as if it had been ${JSON.stringify(said)}`,
                )
              }
            }
          }),
          { seed: 20_261_123, numRuns: 150, includeErrorInReport: true },
        )
        check.between(server.journal.length, 150, 300, 'requests at the provider')
      },
    },
    {
      name: 'case, space and punctuation count, unless the caller says that they do not',
      case: 'boundary',
      needs: ['normalised-matching'],
      async run({ check, faults, pipeline }) {
        for (const [matching, requests] of [
          ['exact', 3],
          ['normalised', 1],
        ] as const) {
          const server = await faults(provider({ text: 'Yes.' }))
          const made = pipeline({ server, responseCache: { matching } })
          for (const text of ['Is it open today?', 'is it  open today', 'Is it open today'])
            await made.chat(askCacheable(text))
          check.equal(server.journal.length, requests, `requests with ${matching} matching`)
        }
      },
    },
    {
      name: 'where they do not, everything else counts as ever, and the provider gets the words as they are',
      case: 'nasty',
      needs: ['normalised-matching'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: { matching: 'normalised' } })
        const texts = [
          'Turn It on?',
          'Turn it off?',
          'Is 5 small',
          'Is -5 small',
          'Learn C',
          'Learn C++',
          'How long are 5 Mm',
          'How long are 5 mm',
          '{"A":1}',
        ]
        for (const text of [...texts, '{"a":1}']) await made.chat(askCacheable(text))
        const system = (content: string) =>
          askCacheable('x', { messages: [{ role: 'system', content }, ...askCacheable('Hi.').messages] })
        await made.chat(system('Be brief.'))
        await made.chat(system('be brief'))
        await made.chat(askCacheable('Turn It on?'), { tenant: 'other' })
        check.equal(server.journal.length, 13, 'requests at the provider')
        const [first] = server.journal
        check.equal(first && chatBody(first).messages.at(-1)?.content, 'Turn It on?', 'what was sent')
      },
    },
  ],
})
