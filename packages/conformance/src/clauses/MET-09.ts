import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

// gpt-4o at 2,500 and 10,000 nano-dollars a token (CST-01).
const usage = { prompt_tokens: 1000, completion_tokens: 200 }
const costNanoUsd = 1000 * 2500 + 200 * 10_000

export const MET09 = defineClause({
  id: 'MET-09',
  sentence:
    'A cache hit records zero billed cost, the tokens and money saved, and does not count as a provider call.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'cost', 'response-cache'],
  scenarios: [
    {
      name: 'the second of two equal calls costs nothing and says what it saved',
      case: 'ordinary',
      async run({ check, ordinary, pipeline, records }) {
        const server = await ordinary({ usage })
        const made = pipeline({ server, responseCache: {} })
        await made.chat(askCacheable('Hello'))
        await made.chat(askCacheable('Hello'))
        const [miss, hit] = records
        check.equal(miss?.cacheStatus, 'miss')
        check.deepEqual(
          [miss?.costNanoUsd, miss?.savedNanoUsd, miss?.savedTokens],
          [costNanoUsd, 0, 0],
          'the miss',
        )
        check.equal(hit?.cacheStatus, 'hit')
        check.deepEqual(
          [hit?.costNanoUsd, hit?.savedNanoUsd, hit?.savedTokens],
          [0, costNanoUsd, 1200],
          'the hit',
        )
        check.equal(hit?.attempts, 0, 'attempts of the hit')
        check.equal(hit?.success, true, 'success of the hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'the summary counts hits apart from provider calls, with their savings',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.', usage }))
        const made = pipeline({ server, responseCache: {} })
        for (let call = 0; call < 5; call++) await made.chat(askCacheable('Hello'))
        const summary = made.metrics.summary()
        check.deepEqual(
          [summary.totalCalls, summary.hits, summary.providerCalls, summary.attempts, summary.successRate],
          [5, 4, 1, 1, 1],
        )
        check.deepEqual([summary.costNanoUsd, summary.savedNanoUsd], [costNanoUsd, 4 * costNanoUsd], 'money')
        check.equal(summary.savedTokens, 4 * 1200, 'savedTokens')
        check.deepEqual([summary.totalInputTokens, summary.totalOutputTokens], [1000, 200], 'billed tokens')
      },
    },
    {
      name: 'a hit of an answer with cached prompt tokens saves what that answer cost, streamed hits too',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider({
            text: 'Yes.',
            usage: {
              ...usage,
              prompt_tokens_details: { cached_tokens: 800 },
              completion_tokens_details: { reasoning_tokens: 150 },
            },
          }),
        )
        const made = pipeline({ server, responseCache: {} })
        await made.chat(askCacheable('Hello'))
        await made.chat(askCacheable('Hello'))
        await readAll(made.stream(askCacheable('Hello')))
        // 800 of the 1,000 at the cached price of 1,250.
        const first = 200 * 2500 + 800 * 1250 + 200 * 10_000
        check.deepEqual(
          records.map((record) => [record.cacheStatus, record.costNanoUsd, record.savedNanoUsd]),
          [
            ['miss', first, 0],
            ['hit', 0, first],
            ['hit', 0, first],
          ],
        )
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
  ],
})
