import type { ChatChunk } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import type { Exchange, FaultServer } from '../servers/fault-server.ts'
import { deltaEvent, eventStream } from '../servers/provider.ts'
import { assertInTime, steady, turns, undisturbed, unwrap, watched } from '../timing.ts'

const question = ask('Go on and on.')
const closedWithinMs = 250
/** Of a scenario: some entrants never let go of a stalled stream. */
const limitMs = 5_000

const begun = [deltaEvent({ role: 'assistant', content: '' }), deltaEvent({ content: 'One. ' })]
const finish = deltaEvent({}, { finishReason: 'stop' })

const stalled: Step[] = [...begun, { gate: 'said' }, { stall: true }]

/** Requires that the client has closed this connection within the limit after `leftAtMs`. */
async function closed(
  { check }: Lab,
  server: FaultServer,
  exchange: Exchange,
  leftAtMs: number,
): Promise<void> {
  // Long enough to tell a connection that is closed late from one that is not closed.
  const { ended } = unwrap(await watched(server.ended(exchange)).within(2_000, 'The end of the connection'))
  check.equal(ended?.by, 'client', 'who ended the exchange')
  assertInTime(check, (ended?.atMs ?? Infinity) - leftAtMs, closedWithinMs, 'ms until the connection closed')
}

/** Reads up to the first text. */
async function readFirst(iterator: AsyncIterator<ChatChunk>): Promise<void> {
  for (;;) {
    const step = await iterator.next()
    if (step.done || textOf([step.value]) !== '') return
  }
}

/** A stream that says one thing and stalls, and one that never ends: leaving either must close it. */
const endless: Step[] = [
  ...begun,
  ...Array.from({ length: 200 }, (): Step[] => [{ waitMs: 10 }, deltaEvent({ content: 'more ' })]).flat(),
]

export const STR08 = defineClause({
  id: 'STR-08',
  sentence:
    'Break, return, throw and abort by the consumer close the provider’s connection within 250 ms, unless followers remain (F). An abort is told from a truncation.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'a consumer that breaks out of the loop, of a stalled stream and of one that flows',
      case: 'ordinary',
      limitMs,
      run: undisturbed(async (lab) => {
        for (const steps of [stalled, endless]) {
          const server = await lab.faults([eventStream(steps)])
          for await (const chunk of lab.pipeline({ server }).stream(question))
            if (textOf([chunk]) !== '') break
          await closed(lab, server, await server.received(1), performance.now())
        }
      }),
    },
    {
      name: 'a consumer that throws inside the loop gets its own error back',
      case: 'ordinary',
      limitMs,
      run: undisturbed(async (lab) => {
        const server = await lab.faults([eventStream(stalled)])
        const thrown = new Error('The disk is full.')
        let caught: unknown
        try {
          for await (const chunk of lab.pipeline({ server }).stream(question)) {
            if (textOf([chunk]) !== '') throw thrown
          }
        } catch (error) {
          caught = error
        }
        lab.check.equal(caught, thrown, 'the error that the consumer catches')
        await closed(lab, server, await server.received(1), performance.now())
      }),
    },
    {
      name: 'a consumer that returns the iterator while it waits for the next chunk',
      case: 'boundary',
      limitMs,
      run: undisturbed(async (lab) => {
        const server = await lab.faults([eventStream(stalled)])
        const iterator = lab.pipeline({ server }).stream(question)[Symbol.asyncIterator]()
        await readFirst(iterator)
        const waiting = watched(iterator.next())
        await turns()
        const leftAtMs = performance.now()
        const left = watched(Promise.resolve(iterator.return?.()))
        await closed(lab, server, await server.received(1), leftAtMs)
        await left.within(1_000, 'return()')
        await waiting.within(1_000, 'The read that was waiting')
      }),
    },
    {
      name: 'an abort while the consumer waits, and one while it does something else',
      case: 'ordinary',
      limitMs,
      run: undisturbed(async (lab) => {
        for (const waits of [true, false]) {
          const server = await lab.faults([eventStream(stalled)])
          const controller = new AbortController()
          const stream = lab.pipeline({ server }).stream(question, { signal: controller.signal })
          const iterator = stream[Symbol.asyncIterator]()
          await readFirst(iterator)
          const next = waits ? watched(iterator.next()) : undefined
          await turns()
          const leftAtMs = performance.now()
          controller.abort()
          await closed(lab, server, await server.received(1), leftAtMs)
          const ending = await (next ?? watched(iterator.next())).within(1_000, 'The read after the abort')
          lab.check.ok('error' in ending, 'an aborted stream must fail, not end as if it were whole')
        }
      }),
    },
    {
      name: 'an abort whose consumer never comes back leaves no timer, which would keep the process',
      case: 'nasty',
      needs: ['clock'],
      limitMs,
      async run({ check, clock, faults, pipeline }) {
        const server = await faults([eventStream(stalled)])
        const controller = new AbortController()
        const stream = pipeline({ server }).stream(question, { signal: controller.signal })
        await readFirst(stream[Symbol.asyncIterator]())
        check.ok(clock.pendingTimers().length > 0, 'limits while it is read')
        controller.abort()
        await server.ended(await server.received(1))
        check.equal(await steady(() => clock.pendingTimers().length, 0), 0, 'timers after the abort')
      },
    },
    {
      name: 'an abort is told from a truncation: each by its own error, to reader and result alike',
      case: 'boundary',
      limitMs,
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults((request) =>
          eventStream(request.index === 0 ? stalled : [...begun, { gate: 'said' }]),
        )
        const made = pipeline({ server })
        const controller = new AbortController()
        const aborted = made.stream(question, { signal: controller.signal })
        const reading = watched(readAll(aborted))
        const result = watched(Promise.resolve(aborted.result))
        await server.reached('said')
        await turns()
        controller.abort(new Error('The user went away.'))
        const ending = await reading.within(1_000, 'The aborted stream')
        await check.rejectsWithCode(Promise.resolve(ending).then(unwrap), 'CANCELLED', 'the aborted stream')
        if (aborted.result !== undefined) {
          const told = await result.within(1_000, 'The result of the aborted stream')
          await check.rejectsWithCode(
            Promise.resolve(told).then(unwrap),
            'CANCELLED',
            'the result of the aborted stream',
          )
        }
        server.release('said')
        await check.rejectsWithCode(
          readAll(made.stream(question)),
          'UPSTREAM_TRUNCATED',
          'the truncated stream',
        )
      }),
    },
    {
      name: 'an abort when the answer is complete and the end marker is still to come changes nothing that was read',
      case: 'nasty',
      limitMs,
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults([eventStream([...begun, finish])])
        const controller = new AbortController()
        const chunks = await readAll(pipeline({ server }).stream(question, { signal: controller.signal }))
        controller.abort()
        await turns()
        check.equal(textOf(chunks), 'One. ', 'the text')
      }),
    },
    {
      name: 'one of two readers of the same question leaves: the other gets all of it; when both have left, it is closed',
      case: 'nasty',
      limitMs,
      run: undisturbed(async (lab) => {
        const { check, faults, pipeline } = lab
        const server = await faults([
          eventStream([...begun, { gate: 'left' }, deltaEvent({ content: 'Two.' }), finish]),
        ])
        const made = pipeline({ server, responseCache: {} })
        const shared = askCacheable('Go on.')
        const first = made.stream(shared)[Symbol.asyncIterator]()
        const second = made.stream(shared)[Symbol.asyncIterator]()
        await Promise.all([readFirst(first), readFirst(second)])
        await first.return?.()
        await turns()
        server.release('left')
        let text = 'One. '
        for (let step = await second.next(); !step.done; step = await second.next())
          text += textOf([step.value])
        check.equal(text, 'One. Two.', 'the text of the one who stayed')

        const other = await faults([eventStream(stalled)])
        const both = pipeline({ server: other, responseCache: {} })
        const controller = new AbortController()
        const third = both.stream(shared)[Symbol.asyncIterator]()
        const fourth = both.stream(shared, { signal: controller.signal })[Symbol.asyncIterator]()
        await Promise.all([readFirst(third), readFirst(fourth)])
        await third.return?.()
        await turns()
        check.equal(
          await steady(() => other.inFlight, Infinity),
          1,
          'provider calls that go on for the one who stays',
        )
        const leftAtMs = performance.now()
        controller.abort()
        for (const exchange of other.journal) {
          const { ended } = await other.ended(exchange)
          assertInTime(check, (ended?.atMs ?? Infinity) - leftAtMs, closedWithinMs, 'ms until it closed')
        }
        await watched(fourth.next()).within(1_000, 'The read of the one who left last')
      }),
    },
    {
      name: 'twenty streams left in twenty ways at once leave no connection open',
      case: 'nasty',
      limitMs,
      run: undisturbed(async (lab) => {
        const server = await lab.faults([eventStream(stalled)])
        const made = lab.pipeline({ server })
        const leaving = Array.from({ length: 20 }, async (_, index) => {
          const controller = new AbortController()
          const stream = made.stream(ask(`Go on, ${index}.`), { signal: controller.signal })
          const iterator = stream[Symbol.asyncIterator]()
          await readFirst(iterator)
          if (index % 3 === 0) controller.abort()
          else if (index % 3 === 1) await iterator.return?.()
          else await Promise.resolve(iterator.throw?.(new Error('No.'))).catch(() => {})
        })
        await Promise.all(leaving)
        const leftAtMs = performance.now()
        for (const exchange of server.journal) await closed(lab, server, exchange, leftAtMs)
        lab.check.equal(server.journal.length, 20, 'provider calls')
      }),
    },
  ],
})
