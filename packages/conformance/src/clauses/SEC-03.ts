import type { ChatRequest, Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { chatBody, lastText, provider } from '../servers/provider.ts'

const megabyte = 1_000_000
const ways: readonly [string, (made: Pipeline, request: ChatRequest) => PromiseLike<unknown>][] = [
  ['chat', (made, request) => made.chat(request)],
  // A stream may refuse at once or when it is read.
  ['stream', async (made, request) => readAll(made.stream(request))],
]

/** A request whose text is counted each time that anybody looks at it. */
function counted(content: string): { request: ChatRequest; reads: () => number } {
  let reads = 0
  const message = {
    role: 'user' as const,
    get content() {
      reads++
      return content
    },
  }
  return { request: askCacheable('', { messages: [message] }), reads: () => reads }
}

export const SEC03 = defineClause({
  id: 'SEC-03',
  sentence:
    'A one-megabyte prompt works; a hundred-megabyte one is refused by size before it is parsed twice.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'a megabyte goes there and comes back, whole, streamed and from the cache',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ pieces: [lastText(request)], text: lastText(request) })),
        )
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        // Characters of one, two, three and four bytes.
        const text = 'aé€😀'.repeat(megabyte / 10)
        for (let time = 0; time < 2; time++) {
          const { response } = await made.chat(askCacheable(text))
          check.ok(response.choices[0]?.message.content === text, 'the answer must be the prompt')
        }
        const chunks = await readAll(made.stream(askCacheable(text, { seed: 1 })))
        check.ok(textOf(chunks) === text, 'the streamed answer must be the prompt')
        for (const request of server.journal)
          check.ok(lastText(request) === text, 'the prompt must arrive whole')
      },
    },
    {
      name: 'a hundred megabytes are refused before they are looked at a second time',
      case: 'ordinary',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store } })
        const text = 'x'.repeat(100 * megabyte)
        for (const [way, run] of ways) {
          const { request, reads } = counted(text)
          const call = (async () => run(made, request))()
          const error = await check.rejectsWithCode(call, 'INVALID_REQUEST', `a ${way} of 100 MB`)
          check.between(reads(), 0, 1, `looks at the text of a ${way}`)
          check.between(error.message.length, 1, 1_000, 'the length of the message')
          check.match(error.message, /size|bytes|large/i, 'the message')
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
        check.deepEqual([store.reads, store.writes], [0, 0], 'reads and writes of the store')
      },
    },
    {
      name: 'the limit is on bytes, and on all of the request together',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, maxRequestBytes: 10_000 })
        const tooLarge = [
          ask('x'.repeat(10_001)),
          // 4,000 characters of three bytes.
          ask('€'.repeat(4_000)),
          ask('', {
            messages: Array.from({ length: 20 }, () => ({ role: 'user', content: 'x'.repeat(600) })),
          }),
          ask('Hello', {
            tools: [{ type: 'function', function: { name: 'f', description: 'x'.repeat(10_000) } }],
          }),
          ask('Hello', { metadata: { ['k'.repeat(10_000)]: 1 } }),
          ask('Hello', { logit_bias: Array.from({ length: 10_000 }, () => 1) }),
        ]
        for (const [index, request] of tooLarge.entries()) {
          for (const [way, run] of ways) {
            const call = (async () => run(made, request))()
            await check.rejectsWithCode(call, 'INVALID_REQUEST', `${way} of the ${index + 1}th large request`)
          }
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
        await made.chat(ask('x'.repeat(9_000)))
        await readAll(made.stream(ask('€'.repeat(3_000))))
        check.equal(server.journal.length, 2, 'requests at the provider that fit')
      },
    },
    {
      name: 'many small things are as large as one large thing, and nothing is nested without end',
      case: 'nasty',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server })
        let nested: unknown = 'deep'
        for (let depth = 0; depth < 100_000; depth++) nested = [nested]
        const cyclic: Record<string, unknown> = {}
        cyclic['self'] = cyclic
        for (const [what, field] of [
          ['a nesting of 100,000 lists', nested],
          ['an object that holds itself', cyclic],
        ] as const) {
          for (const [way, run] of ways) {
            const call = (async () => run(made, ask('Hello', { extra: field })))()
            await check.rejectsWithCode(call, 'INVALID_REQUEST', `${way} of ${what}`)
          }
        }
        // Nested as deep as anybody's JSON Schema, and deeper.
        let schema: unknown = { type: 'string' }
        for (let depth = 0; depth < 40; depth++) schema = { type: 'object', properties: { next: schema } }
        await made.chat(ask('Hello', { response_format: { type: 'json_schema', json_schema: { schema } } }))
        check.equal(server.journal.length, 1, 'requests at the provider')
        const [sent] = server.journal
        check.ok(sent !== undefined && 'response_format' in chatBody(sent), 'the schema must arrive')
      },
    },
    {
      name: 'a request that was refused for its size leaves the next one alone',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, maxRequestBytes: 10_000, responseCache: { store: createSpyStore() } })
        const large = 'x'.repeat(20_000)
        const calls = Array.from({ length: 20 }, (_, index) =>
          made.chat(askCacheable(index % 2 === 0 ? large : `Call ${index}`)).then(
            () => 'resolved',
            () => 'rejected',
          ),
        )
        const outcomes = await Promise.all(calls)
        check.deepEqual(
          outcomes,
          outcomes.map((_, index) => (index % 2 === 0 ? 'rejected' : 'resolved')),
          'the calls',
        )
        check.equal(server.journal.length, 10, 'requests at the provider')
      },
    },
  ],
})
