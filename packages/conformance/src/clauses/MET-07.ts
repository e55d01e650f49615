import type { LLMCallMetrics } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const text = 'a word and one more '.repeat(20)

/** Of a scenario: some entrants never let go of a stalled stream. */
const limitMs = 2_000

export const MET07 = defineClause({
  id: 'MET-07',
  sentence:
    'A stream abandoned by its consumer (break, abort) is recorded once, as cancelled, with the tokens received and `usageEstimated: true`.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream', 'stream-result', 'metrics'],
  scenarios: [
    {
      name: 'a consumer that breaks half-way',
      case: 'ordinary',
      limitMs,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, beforeFinish: [{ stall: true }] }))
        const made = pipeline({ server })
        let received = ''
        for await (const chunk of made.stream(ask('Go on'))) {
          received += chunk.choices[0]?.delta.content ?? ''
          if (received.length >= 200) break
        }
        await server.ended(await server.received(1))
        cancelledOnce(check, records)
        // Between what was read and what was sent, at one token for each eight characters to one for each.
        check.between(records[0]?.outputTokens, received.length / 8, text.length, 'outputTokens')
        check.equal(made.metrics.summary().cancelled, 1, 'cancelled calls in the summary')
      },
    },
    {
      name: 'a signal that aborts half-way, with the result awaited too',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, beforeFinish: [{ gate: 'sent' }] }))
        const controller = new AbortController()
        const stream = pipeline({ server }).stream(ask('Go on'), { signal: controller.signal })
        const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
        const reading = (async () => {
          for await (const chunk of stream) if (textOf([chunk]) !== '') begin()
        })()
        const settled = Promise.allSettled([reading, stream.result])
        await server.reached('sent')
        // What the server has sent is not received before the consumer has seen some of it.
        await begun
        controller.abort()
        await settled
        await check.rejectsWithCode(reading, 'CANCELLED', 'iteration')
        await check.rejectsWithCode(stream.result, 'CANCELLED', 'result')
        cancelledOnce(check, records)
      },
    },
    {
      name: 'an abort before the first byte has received no output',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline, records }) {
        const server = await faults([{ before: [{ gate: 'never' }], steps: [] }])
        const controller = new AbortController()
        const reading = readAll(pipeline({ server }).stream(ask('Go on'), { signal: controller.signal }))
        await server.reached('never')
        controller.abort()
        await check.rejectsWithCode(reading, 'CANCELLED', 'iteration')
        check.equal(records.length, 1, 'records')
        check.equal(records[0]?.outcome, 'cancelled', 'outcome')
        check.equal(records[0]?.outputTokens, 0, 'outputTokens')
      },
    },
    {
      name: 'a consumer that leaves while it waits for a stalled chunk is let go at once',
      case: 'nasty',
      limitMs,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, beforeFinish: [{ stall: true }] }))
        const stream = pipeline({ server }).stream(ask('Go on'))
        const iterator = stream[Symbol.asyncIterator]()
        let received = ''
        while (received !== text) received += textOf([(await iterator.next()).value ?? []].flat())
        // How the read that it waited for ends is the build's own affair; that it ends is not.
        const waiting = Promise.allSettled([iterator.next()])
        await iterator.return?.()
        await waiting
        await check.rejectsWithCode(stream.result, 'CANCELLED', 'result')
        await server.ended(await server.received(1))
        cancelledOnce(check, records)
      },
    },
    {
      name: 'a consumer that throws at the first chunk and returns the iterator again is recorded once',
      case: 'nasty',
      limitMs,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, beforeFinish: [{ stall: true }] }))
        const iterator = pipeline({ server }).stream(ask('Go on'))[Symbol.asyncIterator]()
        await iterator.next()
        await Promise.allSettled([iterator.return?.(), iterator.return?.()])
        await iterator.return?.()
        await server.ended(await server.received(1))
        check.equal(records.length, 1, 'records')
        check.equal(records[0]?.outcome, 'cancelled', 'outcome')
        check.deepEqual(await iterator.next(), { done: true, value: undefined }, 'the iterator is done')
      },
    },
  ],
})

function cancelledOnce(check: Checks, records: readonly LLMCallMetrics[]): void {
  check.equal(records.length, 1, 'records')
  const [record] = records
  check.equal(record?.outcome, 'cancelled', 'outcome')
  check.equal(record?.success, false, 'success')
  check.equal(record?.usageEstimated, true, 'usageEstimated')
  check.between(record?.outputTokens, 1, text.length, 'outputTokens')
  check.between(record?.inputTokens, 1, 100, 'inputTokens')
}
