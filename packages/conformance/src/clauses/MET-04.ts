import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { chatAnswer, errorAnswer, provider } from '../servers/provider.ts'

export const MET04 = defineClause({
  id: 'MET-04',
  sentence:
    'Latency is monotonic-clock time from call to last byte, retries and back-off included; a wall clock set back never makes it negative.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'clock', 'retry'],
  scenarios: [
    {
      name: 'an answer that takes 250 ms has a latency of 250 ms',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider({ text: 'Slowly.', beforeFirst: [{ gate: 'answer' }] }))
        const startedAt = clock.now()
        const call = pipeline({ server }).chat(ask('Hello'))
        await server.reached('answer')
        clock.advance(250)
        server.release('answer')
        const { metrics } = await call
        check.equal(metrics.latencyMs, 250, 'latencyMs')
        check.equal(metrics.timestamp, startedAt, 'timestamp')
      },
    },
    {
      name: 'a stream ends with its last byte, not with its first',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(
          provider({ text: 'First', beforeFirst: [{ gate: 'first' }], beforeFinish: [{ gate: 'last' }] }),
        )
        const stream = pipeline({ server }).stream(ask('Hello'))
        const { result } = stream
        // Awaiting is what sends the request.
        const settled = result.then(({ metrics }) => metrics)
        await server.reached('first')
        clock.advance(100)
        server.release('first')
        await server.reached('last')
        clock.advance(400)
        server.release('last')
        check.equal((await settled).latencyMs, 500, 'latencyMs')
      },
    },
    {
      name: 'a failed attempt and the back-off after it are part of the latency',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults((request) => ({
          ...(request.index === 0 ? errorAnswer(500) : chatAnswer(request, { text: 'Now.' })),
          before: [{ gate: `attempt ${request.index}` }],
        }))
        // Half a jitter of 8 ms: a back-off of 4 ms, which the clock of the lab lets pass by itself.
        const made = pipeline({ server, retry: { maxRetries: 1, baseDelayMs: 8 } })
        const call = made.chat(ask('Hello'))
        for (const attempt of [0, 1]) {
          await server.reached(`attempt ${attempt}`)
          clock.advance(100)
          server.release(`attempt ${attempt}`)
        }
        const { metrics } = await call
        check.equal(metrics.attempts, 2, 'attempts')
        check.equal(metrics.latencyMs, 204, 'latencyMs of 100 + 4 + 100')
      },
    },
    {
      name: 'a wall clock set back by a day changes neither a latency nor the first-chunk time',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Back', beforeFirst: [{ gate: 'answer' }] }))
        const startedAt = clock.now()
        const made = pipeline({ server })
        const whole = made.chat(ask('Hello'))
        const streamed = made.stream(ask('Hello')).result
        const both = Promise.all([whole, streamed])
        await server.received(2)
        await server.reached('answer')
        clock.setWallClock(startedAt - 86_400_000)
        clock.advance(30)
        server.release('answer')
        await both
        check.deepEqual(
          records.map(({ latencyMs }) => latencyMs),
          [30, 30],
          'latencyMs',
        )
        check.deepEqual(
          records.map(({ timestamp }) => timestamp),
          [startedAt, startedAt],
          'timestamps',
        )
        check.equal(records.find(({ stream }) => stream)?.timeToFirstChunkMs, 30, 'timeToFirstChunkMs')
      },
    },
  ],
})
