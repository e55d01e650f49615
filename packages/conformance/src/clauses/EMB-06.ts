import { defineClause } from '../clause.ts'
import { embedBody, errorAnswer, provider } from '../servers/provider.ts'

const model = 'text-embedding-3-small'
/** 0.02 USD per million tokens (openai.com/api/pricing, read 2026-11-23), in nano-dollars. */
const perToken = 20

export const EMB06 = defineClause({
  id: 'EMB-06',
  sentence: 'Embedding calls are metered and priced like chat calls, with hits as savings.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'a call is billed by the provider’s count, its repetition saves as much',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}, { tokens: () => 1000 }))
        const made = pipeline({ server, embeddingCache: {} })
        for (let time = 0; time < 2; time++) {
          await made.embed(
            { model, input: 'text' },
            { tenant: 'acme', endpoint: 'search', promptVersion: 'v2' },
          )
        }
        check.deepEqual(
          records.map((record) => [
            record.operation,
            record.inputTokens,
            record.costNanoUsd,
            record.savedNanoUsd,
            record.savedTokens,
            record.attempts,
          ]),
          [
            ['embed', 1000, 1000 * perToken, 0, 0, 1],
            ['embed', 0, 0, 1000 * perToken, 1000, 0],
          ],
        )
        const [record] = records
        check.deepEqual(
          [record?.tenant, record?.endpoint, record?.promptVersion, record?.success],
          ['acme', 'search', 'v2', true],
        )
        const { totalCalls, hits, providerCalls, costNanoUsd } = made.metrics.summary()
        check.deepEqual([totalCalls, hits, providerCalls, costNanoUsd], [2, 1, 1, 1000 * perToken], 'summary')
      },
    },
    {
      name: 'a batch that is half known bills the other half, and billed and saved are the whole',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed({ model, input: ['aaaa', 'bb'] })
        await made.embed({ model, input: ['bb', 'cccccc', 'bb'] })
        // One token for each character; a text that is asked twice is paid once.
        check.deepEqual(
          records.map(({ costNanoUsd, savedNanoUsd }) => [costNanoUsd, savedNanoUsd]),
          [
            [6 * perToken, 0],
            [6 * perToken, 4 * perToken],
          ],
        )
      },
    },
    {
      name: 'what a server counts for an empty text is billed as well',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}, { tokens: () => 2 }))
        const made = pipeline({ server, embeddingCache: {} })
        for (let time = 0; time < 2; time++) await made.embed({ model, input: '' })
        check.deepEqual(
          records.map(({ costNanoUsd, savedNanoUsd }) => [costNanoUsd, savedNanoUsd]),
          [
            [2 * perToken, 0],
            [0, 2 * perToken],
          ],
        )
      },
    },
    {
      name: 'a call that fails is one failed record after its attempts, and bills nothing',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(() => errorAnswer(500))
        const made = pipeline({ server, embeddingCache: {} })
        await check.rejectsWithCode(made.embed({ model, input: ['a', 'b'] }), 'UPSTREAM')
        check.equal(server.journal.length, 3, 'requests at the provider')
        check.equal(records.length, 1, 'records')
        const [record] = records
        check.deepEqual(
          [record?.success, record?.outcome, record?.attempts, record?.costNanoUsd, record?.error?.code],
          [false, 'error', 3, 0, 'UPSTREAM'],
        )
      },
    },
    {
      name: 'a deadline that is none is refused by name, before the call counts as one in flight',
      case: 'nasty',
      needs: ['typed-errors', 'deadline'],
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        for (const deadlineMs of [0, -1, Number.NaN]) {
          const error: unknown = await made
            .embed({ model, input: 'a' }, { deadlineMs })
            .catch((thrown) => thrown)
          check.match(String(error), /^RangeError: deadlineMs/, `the error for ${deadlineMs}`)
        }
        check.deepEqual(
          [made.metrics.inFlight, records.length, server.journal.length],
          [0, 0, 0],
          'what it left',
        )
      },
    },
    {
      name: 'two who wait for one text are both told how often it was tried, and one record bears it',
      case: 'nasty',
      needs: ['typed-errors', 'retry'],
      async run({ check, faults, pipeline, records }) {
        const server = await faults(() => errorAnswer(500))
        const made = pipeline({ server, embeddingCache: {}, retry: { maxRetries: 1, baseDelayMs: 1 } })
        const ended = await Promise.allSettled([1, 2].map(() => made.embed({ model, input: 'text' })))
        check.equal(server.journal.length, 2, 'requests at the provider')
        check.deepEqual(
          ended.map((end) => end.status === 'rejected' && end.reason.attempts),
          [2, 2],
          'attempts, as the errors say',
        )
        check.deepEqual(records.map(({ attempts }) => attempts).sort(), [0, 2], 'attempts in the records')
      },
    },
    {
      name: 'a provider that reports no usage: what was estimated is billed, and flagged',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) => {
          const data = embedBody(request).input.map((_, index) => ({
            object: 'embedding',
            index,
            embedding: [0.5],
          }))
          return { steps: [{ text: JSON.stringify({ object: 'list', data, model }) }] }
        })
        const made = pipeline({ server, embeddingCache: {} })
        const input = ['a text of some words', 'another one']
        for (let time = 0; time < 2; time++) await made.embed({ model, input })
        const [asked, kept] = records
        check.ok((asked?.inputTokens ?? 0) > 0, 'tokens are estimated')
        check.equal(asked?.costNanoUsd, (asked?.inputTokens ?? 0) * perToken, 'billed')
        check.equal(asked?.usageEstimated, true, 'the record says that its usage is estimated')
        check.deepEqual([kept?.costNanoUsd, kept?.savedNanoUsd], [0, asked?.costNanoUsd], 'its repetition')
      },
    },
  ],
})
