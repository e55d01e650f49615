import type { ChatChunk } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { deltaEvent, eventStream } from '../servers/provider.ts'
import { assertInTime, turns, undisturbed, unwrap, watched } from '../timing.ts'

const question = ask('Take your time.')
const firstContentTimeoutMs = 400
const idleTimeoutMs = 200
/** Real time that a failure may take once it is due: what an entrant on the machine's clock waits for in earnest, and more. */
const patienceMs = 1_500
const closedWithinMs = 100

const role = deltaEvent({ role: 'assistant', content: '' })
const one = deltaEvent({ content: 'One. ' })
const two = deltaEvent({ content: 'Two.' })
const finish = deltaEvent({}, { finishReason: 'stop' })

/** A stream of these steps, opened under the limits of this clause. No second attempts: what is asked is when the first one ends. */
async function open({ faults, pipeline }: Lab, steps: Step[]) {
  const server = await faults([eventStream(steps)])
  const made = pipeline({
    server,
    retry: { maxRetries: 0 },
    stream: { firstContentTimeoutMs, idleTimeoutMs },
  })
  return { server, iterator: made.stream(question)[Symbol.asyncIterator]() }
}

/** Reads on until the text so far ends with `wanted`. */
async function readUntil(iterator: AsyncIterator<ChatChunk>, wanted: string): Promise<void> {
  for (let text = ''; !text.endsWith(wanted);) {
    const step = await iterator.next()
    if (step.done) throw new Error(`The stream ended before ${JSON.stringify(wanted)} had come.`)
    text += textOf([step.value])
  }
}

/** Reads the rest. */
async function readRest(iterator: AsyncIterator<ChatChunk>): Promise<ChatChunk[]> {
  const chunks: ChatChunk[] = []
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) chunks.push(step.value)
  return chunks
}

/**
 * Requires that a read which waits now fails when the clock has moved `limitMs`, and not 1 ms before, and that the connection
 * is closed soon after. An entrant on the machine's clock is not hurried by ours: it has the same limit in real time.
 */
async function failsAt(
  { check, clock }: Lab,
  { server, iterator }: { server: FaultServer; iterator: AsyncIterator<ChatChunk> },
  limitMs: number,
): Promise<unknown> {
  const reading = watched(readRest(iterator))
  await turns()
  clock.advance(limitMs - 1)
  await turns()
  check.equal(reading.ending, undefined, `how the read had ended 1 ms before its limit of ${limitMs} ms`)
  clock.advance(1)
  return closesAfter({ check }, server, reading)
}

async function closesAfter(
  { check }: Pick<Lab, 'check'>,
  server: FaultServer,
  reading: ReturnType<typeof watched<ChatChunk[]>>,
): Promise<unknown> {
  const ending = await reading.within(patienceMs, 'A read from a stalled stream')
  check.ok('error' in ending, 'a stalled stream must fail, not end')
  const { ended } = await server.ended(await server.received(1))
  check.equal(ended?.by, 'client', 'who ended the exchange')
  assertInTime(
    check,
    (ended?.atMs ?? Infinity) - ending.atMs,
    closedWithinMs,
    'ms until the connection closed',
  )
  return 'error' in ending ? ending.error : undefined
}

export const STR04 = defineClause({
  id: 'STR-04',
  sentence:
    'A stalled stream fails at the idle limit (the first content has a limit of its own, since reasoning models think in silence) although keep-alive comments still arrive, and its connection is closed within 100 ms (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'a stream that stalls after some text fails at the idle limit, and its connection is closed',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        const opened = await open(lab, [role, one, { stall: true }])
        await readUntil(opened.iterator, 'One. ')
        await failsAt(lab, opened, idleTimeoutMs)
      }),
    },
    {
      name: 'before the first content the longer limit holds, for headers that do not come and for a role alone',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const { faults, pipeline } = lab
        const silent = await faults([{ before: [{ stall: true }], steps: [] }])
        const made = pipeline({
          server: silent,
          retry: { maxRetries: 0 },
          stream: { firstContentTimeoutMs, idleTimeoutMs },
        })
        const reading = made.stream(question)[Symbol.asyncIterator]()
        const first = watched(reading.next())
        await silent.received(1)
        await turns()
        lab.clock.advance(firstContentTimeoutMs - 1)
        await turns()
        lab.check.equal(first.ending, undefined, 'how the read had ended 1 ms before its limit')
        lab.clock.advance(1)
        const ending = await first.within(patienceMs, 'A read from a silent provider')
        lab.check.ok('error' in ending, 'a silent stream must fail')
        const { ended } = await silent.ended(await silent.received(1))
        assertInTime(lab.check, (ended?.atMs ?? Infinity) - ending.atMs, closedWithinMs, 'ms until it closed')

        const opened = await open(lab, [role, { gate: 'said' }, { stall: true }])
        const rest = watched(readRest(opened.iterator))
        await opened.server.reached('said')
        await turns()
        lab.clock.advance(firstContentTimeoutMs - 1)
        await turns()
        lab.check.equal(rest.ending, undefined, 'how it had ended after a role, 1 ms before the limit')
        lab.clock.advance(1)
        await closesAfter(lab, opened.server, rest)
      }),
    },
    {
      name: 'a model that thinks for longer than the idle limit and then answers is waited for',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const { server, iterator } = await open(lab, [role, { gate: 'thought' }, one, two, finish])
        const reading = watched(readRest(iterator))
        await server.reached('thought')
        await turns()
        lab.clock.advance(firstContentTimeoutMs - 1)
        server.release('thought')
        const ending = await reading.within(patienceMs, 'The stream')
        lab.check.equal('value' in ending ? textOf(ending.value) : ending.error, 'One. Two.', 'the text')
      }),
    },
    {
      name: 'text that comes just within the limit each time keeps a long stream alive',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const steps = Array.from({ length: 8 }, (_, index): Step[] => [
          { gate: `piece ${index}` },
          deltaEvent({ content: `${index};` }),
        ])
        const { server, iterator } = await open(lab, [role, ...steps.flat(), finish])
        for (const index of steps.keys()) {
          const reading = watched(readUntil(iterator, `${index};`))
          await turns()
          lab.clock.advance(idleTimeoutMs - 1)
          server.release(`piece ${index}`)
          const ending = await reading.within(patienceMs, `Piece ${index}`)
          lab.check.ok('value' in ending, `piece ${index} arrives`)
        }
        lab.check.equal(textOf(await readRest(iterator)), '', 'what comes after the last piece')
      }),
    },
    {
      name: 'keep-alive comments go on coming, and do not count',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        // Real time: an entrant on the machine's clock must see them, too.
        const keepAlive = Array.from({ length: 150 }, (): Step[] => [
          { waitMs: 20 },
          { comment: 'PROCESSING' },
        ])
        const opened = await open(lab, [
          role,
          one,
          { gate: 'comments' },
          { comment: 'PROCESSING' },
          ...keepAlive.flat(),
          { stall: true },
        ])
        await readUntil(opened.iterator, 'One. ')
        const reading = watched(readRest(opened.iterator))
        await turns()
        lab.clock.advance(idleTimeoutMs - 1)
        opened.server.release('comments')
        await turns()
        lab.clock.advance(1)
        await closesAfter(lab, opened.server, reading)
      }),
    },
    {
      name: 'nor do events with nothing in them',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const nothing = deltaEvent({ content: '' })
        const opened = await open(lab, [
          one,
          { gate: 'nothing' },
          nothing,
          ...Array.from({ length: 150 }, (): Step[] => [{ waitMs: 20 }, nothing]).flat(),
          { stall: true },
        ])
        await readUntil(opened.iterator, 'One. ')
        const reading = watched(readRest(opened.iterator))
        await turns()
        lab.clock.advance(idleTimeoutMs - 1)
        opened.server.release('nothing')
        await turns()
        lab.clock.advance(1)
        await closesAfter(lab, opened.server, reading)
      }),
    },
    {
      name: 'a consumer that takes its time is no stalled provider',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const { server, iterator } = await open(lab, [role, one, two, finish])
        await readUntil(iterator, 'One. ')
        await server.ended(await server.received(1))
        await turns()
        lab.clock.advance(idleTimeoutMs * 20)
        await readUntil(iterator, 'Two.')
        // What reads ahead has what was sent.
        await turns()
        lab.clock.advance(idleTimeoutMs * 20)
        const rest = await readRest(iterator)
        lab.check.equal(textOf(rest), '', 'what comes after the text')
      }),
    },
    {
      name: 'the error says that it was a timeout, also to one who waits for the result',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        const { check, faults, pipeline, clock } = lab
        const options = { retry: { maxRetries: 0 }, stream: { firstContentTimeoutMs, idleTimeoutMs } }
        const server = await faults([eventStream([role, one, { gate: 'said' }, { stall: true }])])
        const stream = pipeline({ server, ...options }).stream(question)
        const reading = watched(readAll(stream))
        const settled = watched(Promise.resolve(stream.result))
        await server.reached('said')
        // Until the text has been read, the limit of the first content holds: a clock that stands still cannot tell.
        await turns()
        clock.advance(firstContentTimeoutMs)
        const ending = await reading.within(patienceMs, 'A read from a stalled stream')
        await check.rejectsWithCode(Promise.resolve(ending).then(unwrap), 'TIMEOUT', 'iteration')
        if (stream.result !== undefined) {
          const told = await settled.within(patienceMs, 'The result of a stalled stream')
          await check.rejectsWithCode(Promise.resolve(told).then(unwrap), 'TIMEOUT', 'result')
        }
      }),
    },
  ],
})
