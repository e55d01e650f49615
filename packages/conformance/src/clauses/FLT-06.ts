import { systemClock, type ByteStore, type ChatChunk, type ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { chatAnswer, deltaEvent, errorAnswer, eventStream } from '../servers/provider.ts'
import { assertInTime, turns, undisturbed, unwrap, watched, type Watched } from '../timing.ts'

const question = ask('Hurry.')
const deadlineMs = 300
const overrunMs = 100
/** After this a scenario gives up: an entrant that overruns by so much has no deadline. */
const patienceMs = 4_000

const begun = [deltaEvent({ role: 'assistant', content: '' }), deltaEvent({ content: 'One. ' })]
const silence: Answer = { before: [{ gate: 'asked' }, { stall: true }], steps: [] }
const halfBody: Answer = {
  steps: [{ text: '{"id":"chatcmpl-1","choices":[{"index":0,' }, { gate: 'half' }, { stall: true }],
}

interface Started {
  call: Watched<unknown>
  /** When the call was made. */
  atMs: number
  /** A timer of the deadline's length, set when the call was made: a machine that is busy delays both alike. */
  timer: Promise<number>
}

/** Makes the call and starts the watch. */
function start(made: () => Promise<unknown>): Started {
  const atMs = performance.now()
  const timer = new Promise<number>((resolve) => {
    setTimeout(() => resolve(performance.now()), deadlineMs)
  })
  return { call: watched(made()), atMs, timer }
}

/**
 * Requires that the call, which waits now, waits until 1 ms before its deadline and has failed within the overrun after it;
 * and that no connection stays open. An entrant on the machine's clock is not hurried by ours: its deadline is in real time.
 */
async function endsAtDeadline(
  { check, clock }: Lab,
  { call, atMs, timer }: Started,
  server: FaultServer,
  passedMs = 0,
): Promise<void> {
  await turns()
  clock.advance(deadlineMs - passedMs - 1)
  await turns()
  // On a busy machine an entrant's own deadline can have passed by now, which says nothing of it.
  if (call.ending) assertInTime(check, performance.now() - atMs, deadlineMs, 'the way to the deadline')
  check.equal(call.ending, undefined, 'how the call had ended 1 ms before its deadline')
  clock.advance(1)
  await failsInTime({ check }, { call, timer }, server)
}

async function failsInTime(
  { check }: Pick<Lab, 'check'>,
  { call, timer }: Pick<Started, 'call' | 'timer'>,
  server: FaultServer,
): Promise<void> {
  const ending = await call.within(patienceMs, `A call with a deadline of ${deadlineMs} ms`)
  check.ok('error' in ending, 'a call that passes its deadline must fail')
  const dueMs = await timer
  assertInTime(check, ending.atMs - dueMs, overrunMs, 'ms by which the call overran its deadline')
  for (const exchange of server.journal) {
    const { ended } = await server.ended(exchange)
    assertInTime(check, (ended?.atMs ?? Infinity) - dueMs, overrunMs, 'ms by which its connection overran')
  }
}

/** Waits until the server's answer has come to this gate, so that the call is where the scenario wants it. */
async function at(server: FaultServer, gate: string): Promise<void> {
  await server.reached(gate)
  server.release(gate)
  await turns()
}

export const FLT06 = defineClause({
  id: 'FLT-06',
  sentence:
    'The deadline covers everything (queue, attempts, back-off, stream) and is never overrun by more than 100 ms (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'deadline'],
  scenarios: [
    {
      name: 'a provider that never answers, on the machine’s own clock',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        const server = await lab.faults([silence])
        const made = lab.pipeline({ server, clock: systemClock, deadlineMs, retry: { maxRetries: 0 } })
        await failsInTime(
          lab,
          start(() => made.chat(question)),
          server,
        )
      }),
    },
    {
      name: 'a provider that never answers: chat, stream and embeddings, by the deadline of the call',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        const server = await lab.faults([silence])
        const made = lab.pipeline({ server, retry: { maxRetries: 0 } })
        const calls = [
          () => made.chat(question, { deadlineMs }),
          () => readAll(made.stream(question, { deadlineMs })),
          () => made.embed({ model: 'text-embedding-3-small', input: 'Hurry.' }, { deadlineMs }),
        ]
        for (const [index, call] of calls.entries()) {
          const started = start(call)
          await server.received(index + 1)
          await endsAtDeadline(lab, started, server)
        }
      }),
    },
    {
      name: 'an answer that comes 1 ms before the deadline is an answer',
      case: 'boundary',
      run: undisturbed(async ({ check, clock, faults, pipeline }) => {
        const server = await faults((request) =>
          chatAnswer(request, { text: 'In time.', beforeFirst: [{ gate: 'asked' }] }),
        )
        const made = pipeline({ server, deadlineMs })
        const call = watched(made.chat(question))
        await server.reached('asked')
        await turns()
        clock.advance(deadlineMs - 1)
        server.release('asked')
        const ending = await call.within(patienceMs, 'The call')
        check.equal(
          'value' in ending ? ending.value.response.choices[0]?.message.content : ending.error,
          'In time.',
          'the answer',
        )
      }),
    },
    {
      name: 'an answer that stops half-way through its body',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const server = await lab.faults([halfBody])
        const made = lab.pipeline({ server, deadlineMs, retry: { maxRetries: 0 } })
        const started = start(() => made.chat(question))
        await at(server, 'half')
        await endsAtDeadline(lab, started, server)
      }),
    },
    {
      name: 'a stream that stalls after some text',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const server = await lab.faults([eventStream([...begun, { gate: 'said' }, { stall: true }])])
        const made = lab.pipeline({ server, deadlineMs, retry: { maxRetries: 0 } })
        const started = start(() => readAll(made.stream(question)))
        await at(server, 'said')
        await endsAtDeadline(lab, started, server)
      }),
    },
    {
      name: 'a stream that flows on and on ends at the deadline, not at its last chunk',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const flow = Array.from({ length: 200 }, (): Step[] => [
          { waitMs: 15 },
          deltaEvent({ content: 'more ' }),
        ])
        const server = await lab.faults([eventStream([...begun, { gate: 'said' }, ...flow.flat()])])
        const made = lab.pipeline({ server, deadlineMs, retry: { maxRetries: 0 } })
        const started = start(() => readAll(made.stream(question)))
        await at(server, 'said')
        await endsAtDeadline(lab, started, server)
      }),
    },
    {
      name: 'attempts and the waits between them share one deadline',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const server = await lab.faults((request) =>
          request.index === 0 ? errorAnswer(503, {}, { 'retry-after-ms': '100' }) : silence,
        )
        const made = lab.pipeline({ server, deadlineMs, retry: { maxRetries: 5, baseDelayMs: 1 } })
        const started = start(() => made.chat(question))
        await server.ended(await server.received(1))
        await turns()
        lab.clock.advance(100)
        await server.received(2)
        await endsAtDeadline(lab, started, server, 100)
        lab.check.equal(server.journal.length, 2, 'requests at the provider')
      }),
    },
    {
      name: 'a provider that fails for ever, each time after a while, is left at the deadline',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const slowly: Answer = { ...errorAnswer(500), before: [{ waitMs: 40 }] }
        const server = await lab.faults([slowly])
        const made = lab.pipeline({
          server,
          clock: systemClock,
          deadlineMs,
          retry: { maxRetries: 1_000, baseDelayMs: 10, maxDelayMs: 20 },
        })
        await failsInTime(
          lab,
          start(() => made.chat(question)),
          server,
        )
      }),
    },
    {
      name: 'a consumer that does not read: the connection is closed at the deadline, and the next read fails',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const { check, clock, faults, pipeline } = lab
        const server = await faults([eventStream([...begun, { gate: 'said' }, { stall: true }])])
        const made = pipeline({ server, deadlineMs, retry: { maxRetries: 0 } })
        const iterator = made.stream(question)[Symbol.asyncIterator]()
        const { timer } = start(() => iterator.next())
        await at(server, 'said')
        clock.advance(deadlineMs)
        const dueMs = await timer
        const { ended } = await server.ended(await server.received(1))
        assertInTime(
          check,
          (ended?.atMs ?? Infinity) - dueMs,
          overrunMs,
          'ms by which the connection overran',
        )
        const rest = watched(readRest(iterator))
        const ending = await rest.within(patienceMs, 'A read after the deadline')
        check.ok('error' in ending, 'a read after the deadline must fail')
      }),
    },
    {
      name: 'one who waits for another’s call has a deadline of his own, and takes nothing from the other',
      case: 'nasty',
      run: undisturbed(async ({ check, clock, faults, pipeline }) => {
        const server = await faults((request) =>
          chatAnswer(request, { text: 'At last.', beforeFirst: [{ gate: 'asked' }] }),
        )
        const made = pipeline({ server, responseCache: {}, retry: { maxRetries: 0 } })
        const shared: ChatRequest = askCacheable('Hurry.')
        const patient = watched(made.chat(shared, { deadlineMs: 20_000 }))
        await server.reached('asked')
        const { call, timer } = start(() => made.chat(shared, { deadlineMs }))
        await turns()
        clock.advance(deadlineMs)
        const ending = await call.within(patienceMs, 'The call with the short deadline')
        check.ok('error' in ending, 'the call with the short deadline must fail')
        assertInTime(check, ending.atMs - (await timer), overrunMs, 'ms by which it overran')
        check.equal(patient.ending, undefined, 'how the patient call had ended by then')
        server.release('asked')
        const answered = await patient.within(patienceMs, 'The patient call')
        check.equal(
          'value' in answered ? answered.value.response.choices[0]?.message.content : answered.error,
          'At last.',
          'the answer of the patient call',
        )
      }),
    },
    {
      name: 'a store that never answers',
      case: 'nasty',
      run: undisturbed(async ({ check, clock, faults, pipeline }) => {
        const store: ByteStore = { ...createSpyStore(), get: () => new Promise(() => {}) }
        const server = await faults((request) => chatAnswer(request, { text: 'Without a store.' }))
        const made = pipeline({ server, deadlineMs, responseCache: { store } })
        const { call, timer } = start(() => made.chat(askCacheable('Hurry.')))
        await turns()
        clock.advance(deadlineMs)
        // Whether it gives the store up and answers, or fails, is not this clause's question.
        const { atMs } = await call.within(patienceMs, 'A call whose store never answers')
        assertInTime(check, atMs - (await timer), overrunMs, 'ms by which the call overran its deadline')
      }),
    },
    {
      name: 'a deadline of a month, or of no end, does not end at once',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(request, { text: 'In time.', beforeFirst: [{ waitMs: 20 }] }),
        )
        // Longer than a timer of the machine can be, which then ends at once.
        for (const longMs of [30 * 24 * 3_600_000, Infinity]) {
          const made = pipeline({ server, clock: systemClock, deadlineMs: longMs, retry: { maxRetries: 0 } })
          const { response } = await made.chat(question)
          check.equal(response.choices[0]?.message.content, 'In time.', `the answer within ${longMs} ms`)
        }
      },
    },
    {
      name: 'the error says that it was a timeout, wherever the deadline found the call',
      case: 'boundary',
      run: undisturbed(async ({ check, clock, faults, pipeline }) => {
        const answers: [string, Answer][] = [
          ['headers that do not come', { before: [{ gate: 'here' }, { stall: true }], steps: [] }],
          ['half a body', { steps: [{ text: '{"id":' }, { gate: 'here' }, { stall: true }] }],
          ['half a stream', eventStream([...begun, { gate: 'here' }, { stall: true }])],
        ]
        for (const [what, answer] of answers) {
          const server = await faults([answer])
          const made = pipeline({ server, deadlineMs, retry: { maxRetries: 0 } })
          for (const [index, call] of [
            () => made.chat(question),
            () => readAll(made.stream(question)),
          ].entries()) {
            const waiting = watched<unknown>(call())
            await server.received(index + 1)
            await server.reached('here')
            await turns()
            clock.advance(deadlineMs)
            const ending = await waiting.within(patienceMs, what)
            await check.rejectsWithCode(
              Promise.resolve(ending).then(unwrap),
              'TIMEOUT',
              `${index === 0 ? 'chat' : 'stream'}, ${what}`,
            )
          }
        }
      }),
    },
  ],
})

async function readRest(iterator: AsyncIterator<ChatChunk>): Promise<void> {
  for (let step = await iterator.next(); !step.done; step = await iterator.next());
}
