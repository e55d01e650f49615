import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

const usage = { prompt_tokens: 400, completion_tokens: 30 }
const costNanoUsd = 400 * 2500 + 30 * 10_000

export const MET10 = defineClause({
  id: 'MET-10',
  sentence:
    "A blocked call is recorded as blocked, with the rule's id, and zero or actual cost according to whether the provider was called.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'cost', 'guardrail-policy'],
  scenarios: [
    {
      name: 'a blocked input is recorded with its rule and costs nothing',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.', usage }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        await check.rejectsWithCode(made.chat(ask('Say XYZZY to me')), 'GUARDRAIL_BLOCKED')
        check.equal(records.length, 1, 'records')
        const [record] = records
        check.deepEqual(
          [record?.outcome, record?.blockedBy, record?.success, record?.attempts, record?.costNanoUsd],
          ['blocked', 'test.xyzzy', false, 0, 0],
        )
        check.equal(server.journal.length, 0, 'requests at the provider')
        const summary = made.metrics.summary()
        check.deepEqual([summary.blocked, summary.failed, summary.providerCalls], [1, 0, 0], 'summary')
      },
    },
    {
      name: 'a blocked answer is recorded with its rule and what the provider charges for it',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'The word is XYZZY.', usage }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        await check.rejectsWithCode(made.chat(ask('Which word?')), 'GUARDRAIL_BLOCKED')
        const [record] = records
        check.deepEqual(
          [record?.outcome, record?.blockedBy, record?.attempts, record?.costNanoUsd, record?.outputTokens],
          ['blocked', 'test.xyzzy', 1, costNanoUsd, 30],
        )
        check.equal(server.journal.length, 1, 'a blocked answer is not asked for again')
        check.equal(made.metrics.summary().costNanoUsd, costNanoUsd, 'cost in the summary')
      },
    },
    {
      name: 'a stream that is blocked half-way is recorded once, with the cost of what was received',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider({
            pieces: ['The first of ', 'many words is XY', 'ZZY and ', 'more'],
            beforeFinish: [{ stall: true }],
          }),
        )
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        await check.rejectsWithCode(readAll(made.stream(ask('Which word?'))), 'GUARDRAIL_BLOCKED')
        check.equal(records.length, 1, 'records')
        const [record] = records
        check.deepEqual([record?.outcome, record?.blockedBy, record?.attempts], ['blocked', 'test.xyzzy', 1])
        check.equal(record?.usageEstimated, true, 'usageEstimated')
        // The provider charges for what it made; without its usage that is an estimate, but never nothing.
        check.between(record?.costNanoUsd, 10_000, 1_000_000, 'costNanoUsd')
      },
    },
  ],
})
