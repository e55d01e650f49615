import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { chatAnswer, chatBody, errorAnswer, lastText } from '../servers/provider.ts'

const breaker = { failureRate: 0.5, minimumAttempts: 4, windowMs: 30_000, openMs: 10_000 }
const retry = { maxRetries: 0 }

/** A provider that fails while `isDown()`, and for every question that starts with `bad`. */
function unsteady(isDown: () => boolean) {
  return (request: Parameters<typeof chatAnswer>[0]) =>
    lastText(request).startsWith('bad')
      ? errorAnswer(400)
      : isDown()
        ? errorAnswer(500)
        : chatAnswer(request, { text: 'Yes.' })
}

/** Fails four calls, which opens the breaker. */
async function open({ check }: Lab, made: ReturnType<Lab['pipeline']>): Promise<void> {
  for (let call = 0; call < 4; call++) {
    await check.rejectsWithCode(made.chat(ask(`Hello ${call}`)), 'UPSTREAM', `call ${call + 1}`)
  }
}

export const FLT09 = defineClause({
  id: 'FLT-09',
  sentence:
    'A circuit breaker per provider and model opens on a failure rate, fails fast, and probes its way back; 4xx do not count (F).',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'retry', 'clock', 'breaker'],
  scenarios: [
    {
      name: 'after four failures of four the fifth call is not sent, and says when to come again',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline, records } = lab
        const server = await faults(unsteady(() => true))
        const made = pipeline({ server, breaker, retry })
        await open(lab, made)
        const error = await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM', 'the fifth call')
        check.equal(server.journal.length, 4, 'requests at the provider')
        check.equal(error.attempts, 0, 'attempts of the fifth call')
        check.equal(Reflect.get(error, 'retryAfterMs'), breaker.openMs, 'when to come again')
        check.equal(records.length, 5, 'records')
        await check.rejectsWithCode(readAll(made.stream(ask('Hello'))), 'UPSTREAM', 'a stream')
        check.equal(server.journal.length, 4, 'requests at the provider, after a stream')
      },
    },
    {
      name: 'it probes once when its time has come, and closes when the probe succeeds',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline, clock } = lab
        let down = true
        const server = await faults(unsteady(() => down))
        const made = pipeline({ server, breaker, retry })
        await open(lab, made)
        clock.advance(breaker.openMs - 1)
        await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM', 'a call too early')
        check.equal(server.journal.length, 4, 'requests at the provider')
        clock.advance(1)
        down = false
        const [probe, other] = await Promise.allSettled([made.chat(ask('One')), made.chat(ask('Two'))])
        check.deepEqual(
          [probe.status, other.status],
          ['fulfilled', 'rejected'],
          'the probe and one beside it',
        )
        for (let call = 0; call < 5; call++) await made.chat(ask(`Again ${call}`))
        check.equal(server.journal.length, 10, 'requests at the provider, after it has closed')
      },
    },
    {
      name: 'below the rate, and by errors that are the caller’s own, it stays closed',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        let down = false
        const server = await faults(unsteady(() => down))
        const made = pipeline({ server, breaker, retry })
        for (let call = 0; call < 10; call++) {
          await check.rejectsWithCode(made.chat(ask(`bad ${call}`)), 'INVALID_REQUEST')
        }
        for (let call = 0; call < 4; call++) await made.chat(ask(`Hello ${call}`))
        down = true
        for (let call = 0; call < 3; call++) {
          await check.rejectsWithCode(made.chat(ask(`Down ${call}`)), 'UPSTREAM')
        }
        down = false
        await made.chat(ask('Up'))
        check.equal(server.journal.length, 18, 'requests at the provider')
      },
    },
    {
      name: 'a probe that fails opens it for as long again; failures that are older than the window are forgotten',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline, clock } = lab
        let down = true
        const server = await faults(unsteady(() => down))
        const made = pipeline({ server, breaker, retry })
        await open(lab, made)
        clock.advance(breaker.openMs)
        await check.rejectsWithCode(made.chat(ask('Probe')), 'UPSTREAM')
        check.equal(server.journal.length, 5, 'requests at the provider, with the probe')
        await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM')
        check.equal(server.journal.length, 5, 'requests at the provider, after it')
        clock.advance(breaker.openMs)
        down = false
        await made.chat(ask('Probe'))
        down = true
        for (let call = 0; call < 3; call++) await check.rejectsWithCode(made.chat(ask('a')), 'UPSTREAM')
        clock.advance(breaker.windowMs)
        for (let call = 0; call < 3; call++) await check.rejectsWithCode(made.chat(ask('b')), 'UPSTREAM')
        check.equal(
          server.journal.length,
          12,
          'requests at the provider, three failures and three much later',
        )
      },
    },
    {
      name: 'another model is asked, and what the cache holds is served, while it is open',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults((request) =>
          chatBody(request).model === 'gpt-4o' && lastText(request).startsWith('Hello')
            ? errorAnswer(500)
            : chatAnswer(request, { text: 'Yes.' }),
        )
        const made = pipeline({ server, breaker, retry, responseCache: {} })
        await made.chat(askCacheable('Kept'))
        for (let call = 0; call < 4; call++) {
          await check.rejectsWithCode(made.chat(ask(`Hello ${call}`)), 'UPSTREAM')
        }
        const before = server.journal.length
        await check.rejectsWithCode(made.chat(ask('Other')), 'UPSTREAM', 'the model that failed')
        await made.chat(askCacheable('Kept'))
        check.equal(server.journal.length, before, 'requests at the provider')
        await made.chat(ask('Hello', { model: 'gpt-4o-mini' }))
        check.equal(server.journal.length, before + 1, 'requests at the provider, of another model')
      },
    },
    {
      name: 'streams that break in the middle count; readers who leave do not, and give a probe’s place back',
      case: 'nasty',
      async run({ check, faults, pipeline, clock }) {
        let broken = true
        const server = await faults((request) =>
          chatAnswer(request, { text: 'Some words', ...(broken && { finishReason: null }) }),
        )
        const made = pipeline({ server, breaker, retry })
        const leave = async (): Promise<void> => {
          for await (const chunk of made.stream(ask('Left'))) if (chunk.choices[0]?.delta.content) break
        }
        for (let call = 0; call < 3; call++) await leave()
        for (let call = 0; call < 4; call++) {
          await check.rejectsWithCode(readAll(made.stream(ask(`Hello ${call}`))), 'UPSTREAM_TRUNCATED')
        }
        await check.rejectsWithCode(readAll(made.stream(ask('Hello'))), 'UPSTREAM')
        check.equal(server.journal.length, 7, 'requests at the provider')
        clock.advance(breaker.openMs)
        broken = false
        await leave()
        await readAll(made.stream(ask('Probe')))
        await readAll(made.stream(ask('Closed')))
        check.equal(server.journal.length, 10, 'requests at the provider, after two probes')
      },
    },
    {
      name: 'an answer that was asked for before it opened does not close it',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults((request) =>
          lastText(request) === 'Slow'
            ? chatAnswer(request, { text: 'Yes.', beforeFirst: [{ gate: 'go' }] })
            : errorAnswer(500),
        )
        const made = pipeline({ server, breaker, retry })
        const slow = made.chat(ask('Slow'))
        await server.received(1)
        await open(lab, made)
        server.release('go')
        await slow
        await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM', 'a call after the old answer')
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
  ],
})
