import { defineGuardrails, type PolicyRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { wordRule } from '../test-policy.ts'

const word = wordRule('XYZZY')
const other = wordRule('PLUGH')

/** Policies none of which may serve what was stored under another one. */
const policies: PolicyRule[][] = [
  [{ rule: word, action: 'redact' }],
  [{ rule: word, action: 'report' }],
  [{ rule: word, action: 'mask' }],
  [{ rule: word, action: 'redact', directions: ['input'] }],
  [{ rule: word, action: 'redact', onFailure: 'pass' }],
  [{ rule: word, action: 'redact', timeLimitMs: 100 }],
  [{ rule: { ...word, version: '2' }, action: 'redact' }],
  [
    { rule: word, action: 'redact' },
    { rule: other, action: 'redact' },
  ],
  [
    { rule: other, action: 'redact' },
    { rule: word, action: 'redact' },
  ],
]

export const GRD19 = defineClause({
  id: 'GRD-19',
  sentence: 'Changing the guardrail policy changes the cache key.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'embed', 'guardrail-policy', 'response-cache', 'embedding-cache', 'byte-store'],
  scenarios: [
    {
      name: 'an answer stored under a lax policy is not served under a strict one, nor the other way round',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'It is XYZZY.' }))
        const store = createSpyStore()
        const answers: unknown[] = []
        for (const guardrails of [false as const, defineGuardrails({ rules: policies[0] ?? [] })]) {
          const made = pipeline({ server, guardrails, responseCache: { store } })
          for (let call = 0; call < 2; call++) {
            const { response } = await made.chat(askCacheable('Which word?'))
            answers.push(response.choices[0]?.message.content)
          }
        }
        check.deepEqual(answers, ['It is XYZZY.', 'It is XYZZY.', 'It is [TEST_WORD].', 'It is [TEST_WORD].'])
        check.equal(server.journal.length, 2, 'requests at the provider: one for each policy')
      },
    },
    {
      name: 'the same policy made twice is the same, whatever the order of its directions',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        for (const directions of [['input', 'output'] as const, ['output', 'input'] as const, undefined]) {
          const guardrails = defineGuardrails({
            rules: [{ rule: wordRule('XYZZY'), action: 'redact', ...(directions && { directions }) }],
          })
          await pipeline({ server, guardrails, responseCache: { store } }).chat(askCacheable('Hello'))
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'action, direction, limit, failure, version, one rule more and their order each make another key, for vectors too',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const [answers, vectors] = [createSpyStore(), createSpyStore()]
        for (const rules of policies) {
          const made = pipeline({
            server,
            guardrails: defineGuardrails({ rules }),
            responseCache: { store: answers },
            embeddingCache: { store: vectors },
          })
          await made.chat(askCacheable('Hello'))
          await made.embed({ model: 'text-embedding-3-small', input: 'Hello' })
        }
        check.equal(answers.entries.size, policies.length, 'answers')
        check.equal(vectors.entries.size, policies.length, 'vectors')
        check.equal(server.journal.length, 2 * policies.length, 'requests at the provider')
      },
    },
    {
      name: 'hashes and their key each make another key of the cache, and neither the store nor the policy holds the secret',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'It is XYZZY.' }))
        const [answers, vectors] = [createSpyStore(), createSpyStore()]
        const keys = ['the first key of the suite', 'the second key of the suite']
        const hashing = keys.map((hashKey) =>
          defineGuardrails({ rules: [{ rule: word, action: 'hash' }], hashKey }),
        )
        const redacting = keys.map((hashKey) =>
          defineGuardrails({ rules: [{ rule: word, action: 'redact' }], hashKey }),
        )
        const contents = new Set<unknown>()
        for (const guardrails of [...hashing, ...hashing, ...redacting]) {
          const made = pipeline({
            server,
            guardrails,
            responseCache: { store: answers },
            embeddingCache: { store: vectors },
          })
          const { response } = await made.chat(askCacheable('Which word?'))
          contents.add(response.choices[0]?.message.content)
          await made.embed({ model: 'text-embedding-3-small', input: 'Hello' })
        }
        // A key that nothing is hashed with decides nothing.
        check.equal(contents.size, 3, 'different answers')
        check.equal(answers.entries.size, 3, 'answers')
        check.equal(vectors.entries.size, 3, 'vectors')
        const visible = [...answers.seen, ...vectors.seen, JSON.stringify([hashing, redacting])].join('\n')
        for (const secret of keys) check.lacks(visible, secret, 'store and policy')
        check.lacks(visible, 'XYZZY', 'store and policy')
      },
    },
  ],
})
