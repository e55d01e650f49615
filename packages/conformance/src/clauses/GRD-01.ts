import { defineClause } from '../clause.ts'
import { createSpyStore, readAll } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

export const GRD01 = defineClause({
  id: 'GRD-01',
  sentence:
    'Input guardrails run before the cache and the provider; a blocked input costs nothing and calls nobody.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'guardrail-policy', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'a blocked input reaches neither store nor provider',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block'), responseCache: { store } })
        await check.rejectsWithCode(made.chat(askCacheable('Say XYZZY')), 'GUARDRAIL_BLOCKED')
        check.equal(server.journal.length, 0, 'requests at the provider')
        check.deepEqual([store.reads, store.writes], [0, 0], 'reads and writes of the store')
        check.deepEqual(
          [records[0]?.costNanoUsd, records[0]?.savedNanoUsd, records[0]?.attempts],
          [0, 0, 0],
          'costs',
        )
      },
    },
    {
      name: 'an answer that was stored without guardrails does not get round them',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        await pipeline({ server, responseCache: { store } }).chat(askCacheable('Say XYZZY'))
        const guarded = pipeline({
          server,
          guardrails: wordPolicy('XYZZY', 'block'),
          responseCache: { store },
        })
        await check.rejectsWithCode(guarded.chat(askCacheable('Say XYZZY')), 'GUARDRAIL_BLOCKED')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a stream, an earlier message and a tool result are blocked before anything is sent',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        await check.rejectsWithCode(readAll(made.stream(ask('Say XYZZY'))), 'GUARDRAIL_BLOCKED', 'the stream')
        const earlier = ask('And now?', {
          messages: [
            { role: 'user', content: 'Say XYZZY' },
            { role: 'assistant', content: 'No.' },
            { role: 'user', content: 'And now?' },
          ],
        })
        await check.rejectsWithCode(made.chat(earlier), 'GUARDRAIL_BLOCKED', 'the earlier message')
        const tool = ask('', {
          messages: [
            { role: 'user', content: 'Look it up' },
            {
              role: 'assistant',
              content: null,
              tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
            },
            { role: 'tool', tool_call_id: 'c1', content: 'It says XYZZY' },
          ],
        })
        await check.rejectsWithCode(made.chat(tool), 'GUARDRAIL_BLOCKED', 'the tool result')
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
  ],
})
