import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { passTime, startStopwatch } from '../pass-time.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { chatAnswer, errorAnswer, lastText } from '../servers/provider.ts'

/** Each way of calling, as a promise that settles with the call. */
const ways: readonly [string, (made: Pipeline) => Promise<unknown>][] = [
  ['chat', (made) => made.chat(ask('Hello'))],
  ['stream', (made) => readAll(made.stream(ask('Hello')))],
  ['embed', (made) => made.embed({ model: 'text-embedding-3-small', input: 'Hello' })],
]

/** These faults, and past them what nobody repeats: whoever asks too often is counted, and need not be waited for. */
function faultsThen(answers: readonly Answer[], allowed: number): (request: Exchange) => Answer {
  return ({ index }) =>
    index < allowed
      ? (answers[Math.min(index, answers.length - 1)] ?? errorAnswer(500))
      : errorAnswer(401, { code: 'invalid_api_key' })
}

async function rejected(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  )
}

export const FLT02 = defineClause({
  id: 'FLT-02',
  sentence:
    'One logical call reaches the provider at most 1 + `maxRetries` (2) times, with full jitter, whichever layer retries (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'retry'],
  scenarios: [
    {
      name: 'a provider that always fails is asked three times when nothing else is said',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        await Promise.all(
          ways.map(async ([way, run]) => {
            const server = await faults(faultsThen([errorAnswer(500)], 3))
            check.ok(
              await rejected(run(pipeline({ server, retry: { baseDelayMs: 1 } }))),
              `${way} must reject`,
            )
            check.equal(server.journal.length, 3, `requests of ${way}`)
          }),
        )
      },
    },
    {
      name: 'maxRetries of 0 and of 1 are one and two requests',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const limits = [0, 1]
        await Promise.all(
          limits.flatMap((maxRetries) =>
            ways.map(async ([way, run]) => {
              const server = await faults(faultsThen([errorAnswer(503)], maxRetries + 1))
              const made = pipeline({ server, retry: { maxRetries, baseDelayMs: 1 } })
              check.ok(await rejected(run(made)), `${way} must reject`)
              check.equal(
                server.journal.length,
                maxRetries + 1,
                `requests of ${way} with maxRetries ${maxRetries}`,
              )
            }),
          ),
        )
      },
    },
    {
      name: 'calls that fail together come back spread over the whole delay, from nothing on',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const calls = 30
        const elapsed = startStopwatch(clock)
        const arrivals = new Map<string, number[]>()
        const server = await faults((request) => {
          const times = arrivals.get(lastText(request)) ?? []
          arrivals.set(lastText(request), [...times, elapsed()])
          return times.length === 0 ? errorAnswer(500) : chatAnswer(request, { text: 'Yes.' })
        })
        let drawn = 0
        // Evenly spread over [0, 1), in no order. An entrant without `random` draws its own.
        const random = (): number => ((drawn++ * 7) % calls) / calls
        const retry = { maxRetries: 1, baseDelayMs: 2_000, maxDelayMs: 2_000 }
        // A pipeline each, as on as many machines: one may well refuse to repeat so much at once.
        const answers = Array.from({ length: calls }, (_, index) =>
          pipeline({ server, retry, random }).chat(ask(`Call ${index}`)),
        )
        await passTime(Promise.all(answers), { clock, servers: [server], upToMs: 4_000 })
        const delays = [...arrivals.values()].map(([first = 0, second = 0]) => second - first)
        check.equal(delays.length, calls, 'calls that came back')
        const longest = Math.max(...delays)
        // Of thirty draws from all of [0, longest] one is under a quarter, but for one time in 5,000.
        check.between(
          Math.min(...delays),
          0,
          longest / 4,
          `the shortest delay, the longest being ${longest} ms,`,
        )
      },
    },
    {
      name: 'faults of every kind count together',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const reset: Answer = { before: [{ reset: true }], steps: [] }
        const mixes = [
          [errorAnswer(429), reset, errorAnswer(500)],
          [reset, reset, reset],
          [errorAnswer(503), errorAnswer(408), reset],
        ]
        await Promise.all(
          mixes.flatMap((mix) =>
            ways.map(async ([way, run]) => {
              const server = await faults(faultsThen(mix, 3))
              check.ok(await rejected(run(pipeline({ server }))), `${way} must reject`)
              check.between(server.journal.length, 2, 3, `requests of ${way}`)
            }),
          ),
        )
      },
    },
    {
      name: 'a provider that asks for more gets no more',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        await Promise.all(
          ways.map(async ([way, run]) => {
            const headers = { 'x-should-retry': 'true', 'retry-after-ms': '1' }
            const server = await faults(faultsThen([errorAnswer(503, {}, headers)], 3))
            check.ok(await rejected(run(pipeline({ server }))), `${way} must reject`)
            check.equal(server.journal.length, 3, `requests of ${way}`)
          }),
        )
      },
    },
  ],
})
