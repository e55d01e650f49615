import { createPriceBook, type PriceOverride } from '@plumbline/core'
import { assert, asyncProperty, double } from 'fast-check'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const usage = {
  prompt_tokens: 1000,
  completion_tokens: 100,
  total_tokens: 1100,
  prompt_tokens_details: { cached_tokens: 400 },
}

/** Wrong cards, each with the field that its error must name. */
const wrong: [field: string, override: unknown][] = [
  ['model', { inputNanoUsdPerToken: 1 }],
  ['model', { model: '', inputNanoUsdPerToken: 1 }],
  ['model', { model: 7, inputNanoUsdPerToken: 1 }],
  ['provider', { model: 'm', provider: '', inputNanoUsdPerToken: 1 }],
  ['inputNanoUsdPerToken', { model: 'm' }],
  ['inputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: '1' }],
  ['inputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: -1 }],
  ['inputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: NaN }],
  ['inputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: Infinity }],
  ['cachedInputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: 1, cachedInputNanoUsdPerToken: -1 }],
  ['outputNanoUsdPerToken', { model: 'm', inputNanoUsdPerToken: 1, outputNanoUsdPerToken: null }],
  ['from', { model: 'm', inputNanoUsdPerToken: 1, from: 'next year' }],
  ['from', { model: 'm', inputNanoUsdPerToken: 1, from: '2026-13-01' }],
]

export const CST07 = defineClause({
  id: 'CST-07',
  sentence: 'The caller can add or override price cards, validated on entry.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'metrics', 'cost', 'price-cards'],
  scenarios: [
    {
      name: 'a card of a model that nobody knows, and one in place of a published card',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const prices = createPriceBook({
          overrides: [
            {
              model: 'house-model-1',
              inputNanoUsdPerToken: 300,
              outputNanoUsdPerToken: 900,
              date: 'contract 7',
            },
            {
              model: 'gpt-4o',
              inputNanoUsdPerToken: 2000,
              cachedInputNanoUsdPerToken: 500,
              outputNanoUsdPerToken: 8000,
            },
          ],
        })
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices })
        for (const model of ['house-model-1', 'gpt-4o', 'gpt-4o-mini'])
          await made.chat(ask('Hello', { model }))
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource }) => [costNanoUsd, priceSource]),
          [
            // Without a cached price, cached input costs what input does.
            [1000 * 300 + 100 * 900, 'override'],
            [600 * 2000 + 400 * 500 + 100 * 8000, 'override'],
            [600 * 150 + 400 * 75 + 100 * 600, 'published'],
          ],
        )
        check.equal(records[0]?.priceDate, 'contract 7', 'the date that the caller gave')
      },
    },
    {
      name: 'a free model costs nothing, a card of another provider does not hold, and strict prices know a card of the caller’s',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const prices = createPriceBook({
          overrides: [
            { model: 'house-model-1', inputNanoUsdPerToken: 0 },
            { model: 'gpt-4o', provider: 'another', inputNanoUsdPerToken: 1 },
          ],
        })
        const server = await faults(provider({ text: 'Yes.', usage }))
        const made = pipeline({ server, prices, strictPrices: true })
        await made.chat(ask('Hello', { model: 'house-model-1' }))
        await made.chat(ask('Hello'))
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource }) => [costNanoUsd, priceSource]),
          [
            [0, 'override'],
            [600 * 2500 + 400 * 1250 + 100 * 10_000, 'published'],
          ],
        )
        await check.rejectsWithCode(made.chat(ask('Hello', { model: 'house-model-2' })), 'INVALID_REQUEST')
      },
    },
    {
      name: 'a wrong card is refused when it is given, by an error that names the card and the field',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        for (const [field, override] of wrong) {
          const good = { model: 'good', inputNanoUsdPerToken: 1 }
          // A caller without types, or with a file of prices, gives what it has.
          const overrides = [good, override as PriceOverride]
          let thrown: unknown
          try {
            createPriceBook({ overrides })
          } catch (error) {
            thrown = error
          }
          check.ok(
            thrown instanceof TypeError || thrown instanceof RangeError,
            `${JSON.stringify(override)} throws`,
          )
          check.match(
            String(thrown),
            new RegExp(`overrides\\[1\\]\\.${field}\\b`),
            'the error names the field',
          )
        }
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        const { metrics } = await made.chat(ask('Hello'))
        check.equal(metrics.priceSource, 'published', 'what was refused changed nothing')
      },
    },
    {
      name: 'property: any price from zero up is billed to the nano-dollar',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.', usage }))
        const price = double({ min: 0, max: 1e6, noNaN: true })
        await assert(
          asyncProperty(price, price, price, async (input, cachedInput, output) => {
            const prices = createPriceBook({
              overrides: [
                {
                  model: 'house-model-1',
                  inputNanoUsdPerToken: input,
                  cachedInputNanoUsdPerToken: cachedInput,
                  outputNanoUsdPerToken: output,
                },
              ],
            })
            const { metrics } = await pipeline({ server, prices }).chat(
              ask('Hello', { model: 'house-model-1' }),
            )
            check.ok(Number.isInteger(metrics.costNanoUsd), 'a whole number of nano-dollars')
            check.between(
              metrics.costNanoUsd,
              600 * input + 400 * cachedInput + 100 * output - 0.51,
              600 * input + 400 * cachedInput + 100 * output + 0.51,
              'billed',
            )
          }),
          { seed: 20_261_124, numRuns: 25, includeErrorInReport: true },
        )
      },
    },
  ],
})
