import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const question = askCacheable('What is my balance?')

/** Names that joining, trimming, folding, escaping or encoding would make equal to one another. */
const oddNames = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  'a:b',
  'a:',
  ':b',
  'a\nb',
  'a\u0000b',
  'a\u0000',
  'a/b',
  'a%3Ab',
  '..',
  '*',
  'undefined',
  'null',
  '__proto__',
  '\u00e9',
  'e\u0301',
  '\u{1f9d1}\u200d\u{1f680}',
  '\u{1f9d1}',
  'x'.repeat(10_000),
  'x'.repeat(10_001),
]

export const CAC05 = defineClause({
  id: 'CAC-05',
  sentence: 'The tenant is a hard partition, in every store and index; a tenant name can hold any character.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'response-cache', 'embedding-cache'],
  scenarios: [
    {
      name: 'two tenants with one request have two answers, and each keeps its own',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        const answers = []
        for (const tenant of ['acme', 'globex', 'acme', 'globex']) {
          const { response } = await made.chat(question, { tenant })
          answers.push(response.choices[0]?.message.content)
        }
        check.deepEqual(answers, ['Answer 0', 'Answer 1', 'Answer 0', 'Answer 1'])
        const chunks = await readAll(made.stream(question, { tenant: 'initech' }))
        check.equal(textOf(chunks), 'Answer 2', 'the stream of a third tenant')
        check.equal(server.journal.length, 3, 'requests at the provider')
      },
    },
    {
      name: 'a call without a tenant belongs to the tenant `default`, and to no other',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        const tenants = [undefined, 'default', '', 'Default', 'undefined']
        const answers = []
        for (const tenant of tenants) {
          const { response } = await made.chat(question, tenant === undefined ? {} : { tenant })
          answers.push(response.choices[0]?.message.content)
        }
        check.deepEqual(answers, ['Answer 0', 'Answer 0', 'Answer 1', 'Answer 2', 'Answer 3'])
      },
    },
    {
      name: 'names with delimiters, newlines, emoji, of any length, or that look alike, part the answers',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        for (const round of [1, 2]) {
          for (const [index, tenant] of oddNames.entries()) {
            const { response } = await made.chat(question, { tenant })
            const what = `the answer of tenant ${JSON.stringify(tenant).slice(0, 30)} in round ${round}`
            check.equal(response.choices[0]?.message.content, `Answer ${index}`, what)
          }
        }
        check.equal(server.journal.length, oddNames.length, 'requests at the provider')
      },
    },
    {
      name: 'names that differ in half a surrogate pair, which no UTF-8 can hold, part the answers as well',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        for (const [index, tenant] of ['\ufffd', '\ud800', '\udfff', 'a\ud83d', 'a\ud83e'].entries()) {
          const { response } = await made.chat(question, { tenant })
          const what = `the answer of tenant ${JSON.stringify(tenant)}`
          check.equal(response.choices[0]?.message.content, `Answer ${index}`, what)
        }
      },
    },
    {
      name: 'a tenant and a request that were divided elsewhere are not the same',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        const calls = [
          ['a', 'b:c'],
          ['a:b', 'c'],
          ['a:b:c', ''],
          ['', 'a:b:c'],
        ]
        for (const [tenant = '', text = ''] of calls) await made.chat(askCacheable(text), { tenant })
        check.equal(server.journal.length, 4, 'requests at the provider')
      },
    },
    {
      name: 'calls in flight at once are not shared between tenants',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: `Answer ${request.index}`, beforeFirst: [{ gate: 'go' }] })),
        )
        const made = pipeline({ server, responseCache: {} })
        const whole = ['acme', 'globex', 'a:b', ''].map(async (tenant) => {
          const { response } = await made.chat(question, { tenant })
          return response.choices[0]?.message.content
        })
        const streamed = readAll(made.stream(question, { tenant: 'initech' })).then((chunks) =>
          textOf(chunks),
        )
        await server.received(5)
        server.release('go')
        const answers = await Promise.all([...whole, streamed])
        check.equal(new Set(answers).size, 5, 'distinct answers')
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
    {
      name: 'vectors are kept apart as well, in the store that the answers are in',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store }, embeddingCache: { store } })
        const request = { model: 'text-embedding-3-small', input: ['Hello', 'World'] }
        for (const tenant of ['acme', 'globex', '', 'acme', 'globex', ''])
          await made.embed(request, { tenant })
        check.equal(server.journal.length, 3, 'requests at the provider')
      },
    },
    {
      name: 'two pipelines on one store keep the tenants apart, and find what is their own',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const store = createSpyStore()
        const answers = []
        for (const tenant of ['a:b', 'a', 'a:b', 'a']) {
          const { response } = await pipeline({ server, responseCache: { store } }).chat(question, { tenant })
          answers.push(response.choices[0]?.message.content)
        }
        check.deepEqual(answers, ['Answer 0', 'Answer 1', 'Answer 0', 'Answer 1'])
      },
    },
  ],
})
