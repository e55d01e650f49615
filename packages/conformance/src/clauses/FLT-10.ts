import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { errorAnswer } from '../servers/provider.ts'

const budget = { ratio: 0.1, floor: 5 }
/** Of a scenario: without a budget each call takes as long as its back-off, one after the other. */
const limitMs = 5_000

export const FLT10 = defineClause({
  id: 'FLT-10',
  sentence:
    'A retry budget keeps extra attempts under 10 % of calls (with a small floor) when everything fails (F).',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'embed', 'retry', 'clock'],
  scenarios: [
    {
      name: 'of fifty calls that all fail a tenth and the floor are tried again',
      case: 'ordinary',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults([errorAnswer(500)])
        const made = pipeline({ server, retry: { maxRetries: 2, baseDelayMs: 1, budget } })
        for (let call = 0; call < 50; call++) {
          await check.rejectsWithCode(made.chat(ask(`Hello ${call}`)), 'UPSTREAM')
        }
        check.between(server.journal.length, 50 + 5, 50 + 5 + budget.floor, 'requests at the provider')
      },
    },
    {
      name: 'it is on by default',
      case: 'ordinary',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults([errorAnswer(500)])
        const made = pipeline({ server, retry: { maxRetries: 2, baseDelayMs: 1 } })
        for (let call = 0; call < 100; call++) {
          await check.rejectsWithCode(made.chat(ask(`Hello ${call}`)), 'UPSTREAM')
        }
        check.between(server.journal.length, 100, 130, 'requests at the provider')
      },
    },
    {
      name: 'a few calls have all their retries, and the floor comes back with time',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline, clock }) {
        const server = await faults([errorAnswer(500)])
        const made = pipeline({ server, retry: { maxRetries: 2, baseDelayMs: 1, budget } })
        const fail = () => check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM')
        check.equal((await fail()).attempts, 3, 'attempts of the first call')
        check.equal((await fail()).attempts, 3, 'attempts of the second')
        for (let call = 0; call < 3; call++) await fail()
        check.equal((await fail()).attempts, 1, 'attempts once the floor is used up')
        clock.advance(60_000)
        check.equal((await fail()).attempts, 3, 'attempts a minute later')
      },
    },
    {
      name: 'calls at once, whole, streamed and embeddings, draw on one budget, and get the error of their attempt',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults([errorAnswer(503)])
        const made = pipeline({ server, retry: { maxRetries: 2, baseDelayMs: 1, budget } })
        const calls = Array.from({ length: 60 }, (_, call) => [
          made.chat(ask(`Whole ${call}`)),
          readAll(made.stream(ask(`Streamed ${call}`))),
          made.embed({ model: 'text-embedding-3-small', input: `Text ${call}` }),
        ]).flat()
        const failing = (call: Promise<unknown>) => check.rejectsWithCode(call, 'UPSTREAM')
        for (const error of await Promise.all(calls.map(failing))) check.equal(error.status, 503, 'status')
        check.between(server.journal.length, 180, 180 + 18 + budget.floor, 'requests at the provider')
      },
    },
  ],
})
