import type { PriceBook } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { errorAnswer, provider } from '../servers/provider.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 1000 }
const fallbackNanoUsd = 1000 * 5000 + 1000 * 15_000

export const CST05 = defineClause({
  id: 'CST-05',
  sentence:
    "An unknown model is priced 5.00 / 15.00, flagged `priceSource: 'fallback'`, and warned of once per model; strict mode throws at the call.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'cost', 'logger', 'price-cards'],
  scenarios: [
    {
      name: 'a model that nobody knows is priced by the fallback card and warned of',
      case: 'ordinary',
      async run({ check, faults, logger, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        const { metrics } = await made.chat(ask('Hello', { model: 'plumbline-unheard-of-1' }))
        check.deepEqual([metrics.costNanoUsd, metrics.priceSource], [fallbackNanoUsd, 'fallback'])
        const warnings = logger.events.filter(({ level }) => level === 'warn')
        check.equal(warnings.length, 1, 'warnings')
        check.match(JSON.stringify(warnings[0]), /plumbline-unheard-of-1/, 'the warning names the model')
      },
    },
    {
      name: 'each unknown model is warned of once, a known one never',
      case: 'boundary',
      async run({ check, faults, logger, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        for (const model of ['unheard-of-1', 'unheard-of-2', 'unheard-of-1', 'gpt-4o', 'unheard-of-2']) {
          await made.chat(ask('Hello', { model }))
        }
        await Promise.all(
          Array.from({ length: 10 }, () => made.stream(ask('Hello', { model: 'unheard-of-3' })).result),
        )
        const warned = logger.events
          .filter(({ level }) => level === 'warn')
          .map((event) => JSON.stringify(event))
        const counts = [1, 2, 3].map((n) => warned.filter((text) => text.includes(`unheard-of-${n}`)).length)
        check.deepEqual(counts, [1, 1, 1], 'warnings of the three models')
        check.equal(warned.length, 3, 'warnings')
      },
    },
    {
      name: 'strict mode refuses an unknown model before anything is sent, and knows the known ones',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.', usage }))
        const made = pipeline({ server, strictPrices: true })
        const model = 'plumbline-unheard-of-1'
        await check.rejectsWithCode(made.chat(ask('Hello', { model })), 'INVALID_REQUEST', 'chat')
        await check.rejectsWithCode(made.stream(ask('Hello', { model })).result, 'INVALID_REQUEST', 'stream')
        check.equal(server.journal.length, 0, 'requests at the provider')
        check.ok(
          records.every(({ success, costNanoUsd }) => !success && costNanoUsd === 0),
          'no success, no cost',
        )
        const { metrics } = await made.chat(ask('Hello', { model: 'gpt-4o' }))
        check.equal(metrics.costNanoUsd, 1000 * 2500 + 1000 * 10_000, 'gpt-4o in strict mode')
      },
    },
    {
      name: 'strict mode refuses an unknown fallback model as well, before the first one fails',
      case: 'nasty',
      needs: ['fallback'],
      async run({ check, faults, pipeline }) {
        const server = await faults([errorAnswer(500)])
        const made = pipeline({ server, strictPrices: true, fallbackModels: ['plumbline-unheard-of-1'] })
        await check.rejectsWithCode(made.chat(ask('Hello')), 'INVALID_REQUEST', 'chat')
        await check.rejectsWithCode(made.stream(ask('Hello')).result, 'INVALID_REQUEST', 'stream')
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'a price book that fails knows no model: its calls are answered, priced by the fallback card, and counted',
      case: 'nasty',
      limitMs: 10_000,
      async run({ check, faults, pipeline, records }) {
        const books: PriceBook[] = [
          {
            cardFor() {
              throw new Error('no book')
            },
          },
          { cardFor: () => Promise.reject(new Error('no book')) },
        ]
        for (const prices of books) {
          const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices })
          const { response } = await made.chat(ask('Hello'))
          check.equal(response.choices[0]?.message.content, 'Yes.')
          check.equal((await made.stream(ask('Hello')).result).outcome, 'success', 'a stream')
          check.equal(made.metrics.summary().losses['prices'], 2, 'what was lost')
        }
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource }) => [costNanoUsd, priceSource]),
          Array.from({ length: 4 }, () => [fallbackNanoUsd, 'fallback']),
        )
      },
    },
    {
      name: 'names such as __proto__ and constructor are unknown models like any other',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        for (const model of ['__proto__', 'constructor', 'toString']) {
          const { metrics } = await made.chat(ask('Hello', { model }))
          check.deepEqual([metrics.costNanoUsd, metrics.priceSource], [fallbackNanoUsd, 'fallback'], model)
        }
      },
    },
  ],
})
