import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { testPolicy, wordRule } from '../test-policy.ts'

const policy = testPolicy([
  { rule: wordRule('XYZZY'), action: 'redact' },
  { rule: wordRule('PLUGH'), action: 'block' },
  { rule: wordRule('PLOVER'), action: 'report' },
])

export const GRD18 = defineClause({
  id: 'GRD-18',
  sentence: 'Verdicts are counted by rule and direction in the metrics.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'metrics', 'guardrail-policy', 'response-cache'],
  scenarios: [
    {
      name: 'findings add up by rule, direction and action over calls',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'XYZZY and PLOVER.' }))
        const made = pipeline({ server, guardrails: policy })
        await made.chat(ask('XYZZY XYZZY'))
        await made.chat(ask('XYZZY or PLOVER'))
        check.deepEqual(countsOf(made), [
          'test.plover input report 1',
          'test.plover output report 2',
          'test.xyzzy input redact 3',
          'test.xyzzy output redact 2',
        ])
      },
    },
    {
      name: 'what blocks is counted too, with what was found beside it, and a call without findings counts nothing',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'PLUGH.' }))
        const made = pipeline({ server, guardrails: policy })
        await check.rejectsWithCode(made.chat(ask('PLUGH and XYZZY')), 'GUARDRAIL_BLOCKED')
        await check.rejectsWithCode(made.chat(ask('Nothing')), 'GUARDRAIL_BLOCKED')
        check.deepEqual(countsOf(made), [
          'test.plugh input block 1',
          'test.plugh output block 1',
          'test.xyzzy input redact 1',
        ])
        const quiet = pipeline({ server: await faults(provider({ text: 'Yes.' })), guardrails: policy })
        await quiet.chat(ask('Nothing'))
        check.deepEqual(countsOf(quiet), [])
      },
    },
    {
      name: 'streams, blocked and left ones too, embeddings and followers of one call are counted, a cached answer not again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ pieces: ['It is XY', 'ZZY, ', 'or PLUGH', '.'] }))
        const made = pipeline({ server, guardrails: policy })
        await check.rejectsWithCode(readAll(made.stream(ask('XYZZY?'))), 'GUARDRAIL_BLOCKED')
        check.deepEqual(countsOf(made), [
          'test.plugh output block 1',
          'test.xyzzy input redact 1',
          'test.xyzzy output redact 1',
        ])
        await made.embed({ model: 'text-embedding-3-small', input: ['XYZZY', 'a XYZZY'] })
        check.ok(countsOf(made).includes('test.xyzzy input redact 3'), 'the texts of an embedding')

        const cached = pipeline({
          server: await faults(provider({ text: 'XYZZY.' })),
          guardrails: policy,
          responseCache: {},
        })
        await cached.chat(askCacheable('XYZZY?'))
        await cached.chat(askCacheable('XYZZY?'))
        check.deepEqual(countsOf(cached), ['test.xyzzy input redact 2', 'test.xyzzy output redact 1'])
      },
    },
  ],
})

/** The counts of a pipeline's metrics, sorted: `test.xyzzy input redact 3`. */
function countsOf({ metrics }: Pick<Pipeline, 'metrics'>): string[] {
  return metrics
    .summary()
    .verdicts.map(({ ruleId, direction, action, count }) => `${ruleId} ${direction} ${action} ${count}`)
    .sort()
}
