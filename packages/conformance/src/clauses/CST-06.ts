import { defineClause } from '../clause.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { embedBody, errorAnswer, provider, vectorOf } from '../servers/provider.ts'

/** Nano-dollars per input token: 0.02, 0.13 and 0.10 USD per million (OpenAI's price page, read 2026-11-23). */
const prices = {
  'text-embedding-3-small': 20,
  'text-embedding-3-large': 130,
  'text-embedding-ada-002': 100,
} as const
const model = 'text-embedding-3-small'

/** An embedding answer that reports this usage, whatever was asked. */
function answerWith(request: Exchange, usage: Record<string, number>): Answer {
  const body = embedBody(request)
  const data = body.input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding:
      body.encoding_format === 'base64'
        ? Buffer.from(Float32Array.from(vectorOf(text, body)).buffer).toString('base64')
        : vectorOf(text, body),
  }))
  return { steps: [{ text: JSON.stringify({ object: 'list', data, model: body.model, usage }) }] }
}

export const CST06 = defineClause({
  id: 'CST-06',
  sentence: 'Embeddings are priced by input tokens.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['embed', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'a thousand tokens cost what each model asks for them',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({}, { tokens: () => 1000 })) })
        for (const name of Object.keys(prices)) await made.embed({ model: name, input: 'A text.' })
        check.deepEqual(
          records.map((record) => [
            record.operation,
            record.inputTokens,
            record.outputTokens,
            record.costNanoUsd,
            record.priceSource,
          ]),
          Object.values(prices).map((price) => ['embed', 1000, 0, 1000 * price, 'published']),
        )
        const whole = Object.values(prices).reduce((sum, price) => sum + 1000 * price, 0)
        check.equal(made.metrics.summary().costNanoUsd, whole, 'cost in the summary')
      },
    },
    {
      name: 'one token and a million are exact, and neither size nor encoding of the vectors costs anything',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        for (const tokens of [1, 1_000_000]) {
          const made = pipeline({ server: await faults(provider({}, { tokens: () => tokens })) })
          await made.embed({ model, input: 'A text.' })
          await made.embed({ model, input: 'A text.', dimensions: 4 })
          await made.embed({ model, input: 'A text.', encoding_format: 'base64' })
          await made.embed({ model, input: 'A text.', encoding_format: 'float' })
        }
        check.deepEqual(
          records.map(({ costNanoUsd }) => costNanoUsd),
          [...Array(4).fill(20), ...Array(4).fill(20_000_000)],
        )
      },
    },
    {
      name: 'a batch costs the tokens of all its texts together, however unevenly they have them',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        // The count of one request cannot be divided evenly among its seven texts.
        const server = await faults((request) =>
          answerWith(request, { prompt_tokens: 1003, total_tokens: 1003 }),
        )
        const texts = ['a', 'bb', 'c c c', 'd'.repeat(2000), 'e', 'ü', '文字']
        await pipeline({ server }).embed({ model, input: texts })
        check.equal(records[0]?.inputTokens, 1003, 'inputTokens')
        check.equal(records[0]?.costNanoUsd, 1003 * prices[model], 'costNanoUsd')
      },
    },
    {
      name: 'it is the input tokens that count, not the total, and not tokens of an output that nobody can have',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        for (const [usage, expected] of [
          // A gateway that adds what it spent on its own.
          [{ prompt_tokens: 100, total_tokens: 150 }, 100],
          [{ prompt_tokens: 100, total_tokens: 0 }, 100],
          [{ prompt_tokens: 100, completion_tokens: 0, total_tokens: 100 }, 100],
          // A server that counts nothing, and says so.
          [{ prompt_tokens: 0, total_tokens: 0 }, 0],
        ] as const) {
          const server = await faults((request) => answerWith(request, usage))
          await pipeline({ server }).embed({ model, input: ['one', 'two'] })
          const record = records.at(-1)
          check.deepEqual(
            [record?.inputTokens, record?.outputTokens, record?.costNanoUsd],
            [expected, 0, expected * prices[model]],
            JSON.stringify(usage),
          )
        }
      },
    },
    {
      name: 'what was billed is what the provider counted in its answers, repeated texts and failed attempts included',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        let counted = 0
        const server = await faults((request) => {
          if (request.index % 2 === 0) return errorAnswer(500)
          const tokens = embedBody(request).input.reduce((sum, text) => sum + text.length, 0)
          counted += tokens
          return answerWith(request, { prompt_tokens: tokens, total_tokens: tokens })
        })
        const made = pipeline({ server })
        // Whether a failed attempt is repeated is not asked here.
        await made.embed({ model, input: ['aaaa', 'bb', 'aaaa', 'aaaa'] }).catch(() => {})
        await made.embed({ model, input: 'aaaa' }).catch(() => {})
        check.ok(counted > 0, 'the provider has answered')
        const billed = records.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
        check.equal(billed, counted * prices[model], 'billed')
      },
    },
  ],
})
