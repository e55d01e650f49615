import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

export const CST01 = defineClause({
  id: 'CST-01',
  sentence: 'gpt-4o is 2.50 / 10.00 and gpt-4o-mini 0.15 / 0.60 USD per million input / output tokens.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'a thousand tokens in and five hundred out',
      case: 'ordinary',
      async run({ check, ordinary, pipeline }) {
        const server = await ordinary({ usage: { prompt_tokens: 1000, completion_tokens: 500 } })
        const made = pipeline({ server })
        const large = await made.chat(ask('Hello', { model: 'gpt-4o' }))
        // 0.0025 + 0.0050 USD.
        check.equal(large.metrics.costNanoUsd, 7_500_000, 'gpt-4o')
        check.equal(large.metrics.priceSource, 'published')
        const mini = await made.chat(ask('Hello', { model: 'gpt-4o-mini' }))
        // 0.00015 + 0.00030 USD.
        check.equal(mini.metrics.costNanoUsd, 450_000, 'gpt-4o-mini')
        check.equal(made.metrics.summary().totalCostUsd, 0.00795, 'totalCostUsd')
      },
    },
    {
      name: 'one token, and a million of each, are exact in both modes',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        for (const [tokens, largeNanoUsd, miniNanoUsd] of [
          [1, 12_500, 750],
          [1_000_000, 12_500_000_000, 750_000_000],
        ] as const) {
          const server = await faults(
            provider({ text: 'Yes.', usage: { prompt_tokens: tokens, completion_tokens: tokens } }),
          )
          const made = pipeline({ server })
          check.equal((await made.chat(ask('Hello'))).metrics.costNanoUsd, largeNanoUsd, 'gpt-4o')
          const stream = made.stream(ask('Hello', { model: 'gpt-4o-mini' }))
          await readAll(stream)
          check.equal((await stream.result).metrics.costNanoUsd, miniNanoUsd, 'gpt-4o-mini, streamed')
        }
      },
    },
    {
      name: 'input and output are not mixed up, and an answer of zero tokens costs its input alone',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        for (const [input, output, expected] of [
          [1000, 0, 2_500_000],
          [0, 1000, 10_000_000],
          [0, 0, 0],
          [333, 777, 333 * 2500 + 777 * 10_000],
        ] as const) {
          const server = await faults(
            provider({ text: 'Yes.', usage: { prompt_tokens: input, completion_tokens: output } }),
          )
          const { metrics } = await pipeline({ server }).chat(ask('Hello'))
          check.equal(metrics.costNanoUsd, expected, `${input} in, ${output} out`)
          check.ok(Number.isSafeInteger(metrics.costNanoUsd), 'an integer')
        }
      },
    },
  ],
})
