import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { errorAnswer, lastText, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 100 }
const costNanoUsd = 1000 * 2500 + 100 * 10_000
const hourMs = 3_600_000

export const MET11 = defineClause({
  id: 'MET-11',
  sentence:
    '`summary({ lastHours = 24 })` gives total calls, success rate, total cost, average and p95 latency, total input and output tokens over that window (edges round to one slot: 10 s, 1 min, 1 h); hits, coalesced, blocked and cancelled are counted apart; the success rate is over calls neither blocked nor cancelled; latency is over provider calls, hits apart; an empty window gives zeros, no NaN.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'cost', 'clock', 'response-cache', 'guardrail-policy'],
  scenarios: [
    {
      name: 'ten calls of 10 to 100 ms add up, with their average and p95',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults((request) => ({
          ...provider({ text: 'Yes.', usage })(request),
          before: [{ gate: `call ${request.index}` }],
        }))
        const made = pipeline({ server })
        for (let index = 0; index < 10; index++) {
          const call = made.chat(ask(`Call ${index}`))
          await server.reached(`call ${index}`)
          clock.advance((index + 1) * 10)
          server.release(`call ${index}`)
          await call
        }
        const summary = made.metrics.summary()
        check.deepEqual(
          [summary.totalCalls, summary.successRate, summary.costNanoUsd, summary.totalCostUsd],
          [10, 1, 10 * costNanoUsd, (10 * costNanoUsd) / 1e9],
        )
        check.deepEqual([summary.totalInputTokens, summary.totalOutputTokens], [10_000, 1000])
        check.between(summary.averageLatencyMs, 55 * 0.99, 55 * 1.01, 'averageLatencyMs')
        // Nearest rank: the tenth of ten.
        check.between(summary.p95LatencyMs, 99, 101, 'p95LatencyMs')
      },
    },
    {
      name: 'hits, blocked and cancelled calls are counted apart and touch neither success rate nor latency',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults((request) => {
          const text = lastText(request)
          if (text === 'fail') return errorAnswer(400)
          if (text === 'stall')
            return provider({ text: 'so far', usage, beforeFinish: [{ stall: true }] })(request)
          return provider({ text: 'Yes.', usage, beforeFirst: [{ gate: text }] })(request)
        })
        const made = pipeline({ server, responseCache: {}, guardrails: wordPolicy('XYZZY', 'block') })
        const slow = made.chat(askCacheable('slow'))
        await server.reached('slow')
        clock.advance(200)
        server.release('slow')
        await slow
        for (let hit = 0; hit < 3; hit++) await made.chat(askCacheable('slow'))
        await check.rejectsWithCode(made.chat(ask('fail')), 'INVALID_REQUEST')
        await check.rejectsWithCode(made.chat(ask('XYZZY')), 'GUARDRAIL_BLOCKED')
        for await (const chunk of made.stream(ask('stall'))) if (chunk.choices[0]?.delta.content) break

        const summary = made.metrics.summary()
        check.equal(summary.totalCalls, 7, 'totalCalls')
        check.deepEqual(
          [
            summary.hits,
            summary.blocked,
            summary.cancelled,
            summary.failed,
            summary.succeeded,
            summary.coalesced,
          ],
          [3, 1, 1, 1, 4, 0],
          'hits, blocked, cancelled, failed, succeeded, coalesced',
        )
        check.equal(summary.successRate, 4 / 5, 'successRate over calls neither blocked nor cancelled')
        check.equal(summary.providerCalls, 3, 'providerCalls')
        // 200 ms over three provider calls, of which two took no time; the hits are not among them.
        check.between(summary.averageLatencyMs, 66, 67.4, 'averageLatencyMs')
      },
    },
    {
      name: 'a call falls out of the window once it is older than the window and one slot',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        const calls = (lastHours: number): number => made.metrics.summary({ lastHours }).totalCalls
        await made.chat(ask('Hello'))
        clock.advance(hourMs - 1000)
        check.deepEqual([calls(1), calls(24), calls(168)], [1, 1, 1], 'inside all windows')
        clock.advance(1000 + 10_001)
        check.deepEqual([calls(1), calls(24)], [0, 1], 'an hour and a slot of 10 s later')
        clock.advance(23 * hourMs + 60_000)
        check.deepEqual([calls(24), calls(168)], [0, 1], 'a day and a slot of 1 min later')
        check.equal(made.metrics.summary().totalCalls, 0, 'the default is 24 hours')
        clock.advance(145 * hourMs)
        check.equal(calls(168), 0, 'seven days and a slot of 1 h later')
      },
    },
    {
      name: 'an empty window, and one of blocked calls alone, gives zeros and no NaN',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        const numbers = (): [string, number][] =>
          Object.entries(made.metrics.summary()).filter(
            (entry): entry is [string, number] =>
              typeof entry[1] === 'number' && !['lastHours', 'percentileHours'].includes(entry[0]),
          )
        check.ok(numbers().length >= 10, 'a summary has its figures')
        check.deepEqual(
          numbers().filter(([, value]) => value !== 0),
          [],
          'figures of an empty window',
        )
        await check.rejectsWithCode(made.chat(ask('XYZZY')), 'GUARDRAIL_BLOCKED')
        check.deepEqual(
          numbers().filter(([, value]) => value !== 0),
          [
            ['totalCalls', 1],
            ['blocked', 1],
          ],
        )
        check.deepEqual(await readAll(made.stream(ask('Hello'))).then((chunks) => chunks.length > 0), true)
        check.equal(made.metrics.summary().successRate, 1, 'successRate after one success and one block')
      },
    },
  ],
})
