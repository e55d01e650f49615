import { defineClause } from '../clause.ts'
import { createSpyStore, readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

// `restore: true` is not offered yet: its scenarios come with it.
export const GRD06 = defineClause({
  id: 'GRD-06',
  sentence:
    "The provider and the cache see redacted text only; with `restore: true` the caller's answer has the original values put back.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'guardrail-policy', 'response-cache', 'embedding-cache', 'byte-store'],
  scenarios: [
    {
      name: 'neither the request that is sent nor the entry that is stored holds the word',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: `You said: ${lastText(request)}. XYZZY!` })),
        )
        const store = createSpyStore()
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: { store } })
        await made.chat(askCacheable('Say XYZZY'))
        check.lacks(JSON.stringify(server.journal[0]?.body), 'XYZZY', 'what was sent')
        check.equal(store.writes, 1, 'writes')
        check.lacks(store.seen.join('\n'), 'XYZZY', 'the store')
      },
    },
    {
      name: 'two requests that redaction makes equal share one answer',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: {} })
        await made.chat(askCacheable('Say XYZZY'))
        await made.chat(askCacheable('Say [TEST_WORD]'))
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a stream cut inside the word, and an embedding, keep it from provider and stores as well',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ pieces: ['It was XY', 'ZZY', ', yes'] }))
        const [answers, vectors] = [createSpyStore(), createSpyStore()]
        const made = pipeline({
          server,
          guardrails: wordPolicy('XYZZY', 'redact'),
          responseCache: { store: answers },
          embeddingCache: { store: vectors },
        })
        await readAll(made.stream(askCacheable('Say XYZZY')))
        await made.embed({ model: 'text-embedding-3-small', input: ['Say XYZZY', 'nothing'] })
        check.equal(server.journal.length, 2, 'requests at the provider')
        for (const { body } of server.journal) check.lacks(JSON.stringify(body), 'XYZZY', 'what was sent')
        check.lacks([...answers.seen, ...vectors.seen].join('\n'), 'XYZZY', 'the stores')
        check.ok(answers.seen.join('\n').includes('[TEST_WORD]'), 'the redacted answer is stored')
      },
    },
  ],
})
