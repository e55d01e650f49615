import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

export const CST03 = defineClause({
  id: 'CST-03',
  sentence:
    'A dated model id (`gpt-4o-2024-08-06`), a provider prefix and an alias resolve to the right price card.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'a dated id costs what its model costs',
      case: 'ordinary',
      async run(lab) {
        await pricedAs(lab, 'gpt-4o-2024-08-06', 2500, 10_000)
        await pricedAs(lab, 'gpt-4o-mini-2024-07-18', 150, 600)
      },
    },
    {
      name: 'a provider prefix is not part of the model',
      case: 'boundary',
      async run(lab) {
        await pricedAs(lab, 'openai/gpt-4o', 2500, 10_000)
        await pricedAs(lab, 'openai/gpt-4o-mini-2024-07-18', 150, 600)
        await pricedAs(lab, 'openrouter/openai/gpt-4o', 2500, 10_000)
      },
    },
    {
      name: 'an alias that moves with its model costs what the model costs',
      case: 'boundary',
      async run(lab) {
        // claude-3-5-sonnet-latest: 3.00 / 15.00 USD per million (Anthropic's price page, read 2026-11-23).
        await pricedAs(lab, 'claude-3-5-sonnet-latest', 3000, 15_000)
      },
    },
    {
      name: 'a longer name that begins alike is another model, and a dated id with its own price keeps it',
      case: 'nasty',
      async run(lab) {
        // gpt-4o-2024-05-13 stayed at 5.00 / 15.00 when gpt-4o became cheaper (OpenAI's price page, read 2026-11-23).
        await pricedAs(lab, 'gpt-4o-2024-05-13', 5000, 15_000)
        // gpt-4 is 30.00 / 60.00, gpt-4-turbo 10.00 / 30.00: neither is a gpt-4o, nor the other.
        await pricedAs(lab, 'gpt-4', 30_000, 60_000)
        await pricedAs(lab, 'gpt-4-turbo-2024-04-09', 10_000, 30_000)
      },
    },
  ],
})

/** Calls the model and compares the cost of a thousand tokens each with literal prices, in nano-dollars per token. */
async function pricedAs(
  { check, faults, pipeline }: Lab,
  model: string,
  input: number,
  output: number,
): Promise<void> {
  const server = await faults(
    provider({ text: 'Yes.', usage: { prompt_tokens: 1000, completion_tokens: 1000 } }),
  )
  const { metrics } = await pipeline({ server }).chat(ask('Hello', { model }))
  check.equal(metrics.costNanoUsd, 1000 * (input + output), model)
  // The fallback card is 5.00 / 15.00 too: the right figure for the wrong reason would not do.
  check.equal(metrics.priceSource, 'published', `priceSource of ${model}`)
  check.equal(metrics.model, model, 'the record keeps the name that was asked for')
}
