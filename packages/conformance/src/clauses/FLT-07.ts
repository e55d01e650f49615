import type { ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { chatAnswer, deltaEvent, errorAnswer, eventStream } from '../servers/provider.ts'
import { assertInTime, steady, turns, undisturbed, unwrap, watched, type Ending } from '../timing.ts'

const question = ask('Wait for me.')
const closedWithinMs = 250
const settledWithinMs = 1_000

const silence: Answer = { before: [{ gate: 'here' }, { stall: true }], steps: [] }
const halfBody: Answer = { steps: [{ text: '{"id":"chatcmpl-1","choi' }, { gate: 'here' }, { stall: true }] }
const halfStream = eventStream([
  deltaEvent({ role: 'assistant', content: '' }),
  deltaEvent({ content: 'One. ' }),
  { gate: 'here' },
  { stall: true },
])

type Made = ReturnType<Lab['pipeline']>
type Call = (made: Made, signal: AbortSignal) => Promise<unknown>

const chat: Call = (made, signal) => made.chat(question, { signal })
const stream: Call = (made, signal) => readAll(made.stream(question, { signal }))
const embed: Call = (made, signal) =>
  made.embed({ model: 'text-embedding-3-small', input: 'Wait for me.' }, { signal })

/** Aborts the call once the server's answer has come to its gate. Requires that the connection closes in time and the call fails. */
async function abortsAt(
  { check, faults, pipeline }: Lab,
  answer: Answer,
  call: Call,
): Promise<Ending<unknown>> {
  const server = await faults([answer])
  const controller = new AbortController()
  const waiting = watched(call(pipeline({ server }), controller.signal))
  await server.reached('here')
  await turns()
  check.equal(waiting.ending, undefined, 'how the call had ended before the abort')
  const abortedAtMs = performance.now()
  controller.abort(new Error('The user went away.'))
  const { ended } = await server.ended(await server.received(1))
  check.equal(ended?.by, 'client', 'who ended the exchange')
  assertInTime(
    check,
    (ended?.atMs ?? Infinity) - abortedAtMs,
    closedWithinMs,
    'ms until the connection closed',
  )
  const ending = await waiting.within(settledWithinMs, 'The aborted call')
  check.ok('error' in ending, 'an aborted call must fail')
  await turns()
  check.equal(server.journal.length, 1, 'requests at the provider')
  return ending
}

export const FLT07 = defineClause({
  id: 'FLT-07',
  sentence:
    'An abort reaches the provider’s socket within 250 ms (unless followers remain) and rejects with Cancelled (F).',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed'],
  scenarios: [
    {
      name: 'a call that waits for the headers: chat, stream and embeddings',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        for (const call of [chat, stream, embed]) await abortsAt(lab, silence, call)
      }),
    },
    {
      name: 'a call that has half of its body, and a stream that has some of its text',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        await abortsAt(lab, halfBody, chat)
        await abortsAt(lab, halfBody, embed)
        await abortsAt(lab, halfStream, stream)
      }),
    },
    {
      name: 'a signal that has been aborted already: nothing is sent',
      case: 'boundary',
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults([silence])
        const made = pipeline({ server })
        for (const call of [chat, stream, embed]) {
          const ending = await watched(call(made, AbortSignal.abort())).within(settledWithinMs, 'The call')
          check.ok('error' in ending, 'a call with an aborted signal must fail')
        }
        await turns()
        check.equal(server.journal.length, 0, 'requests at the provider')
      }),
    },
    {
      name: 'an abort in the same turn as the call sends nothing that goes on',
      case: 'boundary',
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults([silence])
        const made = pipeline({ server })
        for (const call of [chat, stream, embed]) {
          const controller = new AbortController()
          const waiting = watched(call(made, controller.signal))
          controller.abort()
          const ending = await waiting.within(settledWithinMs, 'The call')
          check.ok('error' in ending, 'an aborted call must fail')
        }
        await turns()
        for (const exchange of server.journal) await server.ended(exchange)
        check.equal(server.inFlight, 0, 'requests that go on')
      }),
    },
    {
      name: 'an abort during the wait before a second attempt: there is none',
      case: 'nasty',
      run: undisturbed(async ({ check, clock, faults, pipeline }) => {
        const server = await faults([errorAnswer(503, {}, { 'retry-after-ms': '400', 'retry-after': '0.4' })])
        const made = pipeline({ server, retry: { maxRetries: 3, baseDelayMs: 1_000 } })
        const controller = new AbortController()
        const waiting = watched(chat(made, controller.signal))
        await server.ended(await server.received(1))
        await turns()
        controller.abort()
        const ending = await waiting.within(200, 'The call that was waiting to try again')
        check.ok('error' in ending, 'an aborted call must fail')
        // Past the moment of the second attempt, on our clock and on the machine's.
        clock.advance(60_000)
        await new Promise((resolve) => setTimeout(resolve, 500))
        check.equal(server.journal.length, 1, 'requests at the provider')
      }),
    },
    {
      name: 'one of two who ask the same leaves: the other gets his answer',
      case: 'nasty',
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults((request) =>
          chatAnswer(request, { text: 'Here.', beforeFirst: [{ gate: 'here' }] }),
        )
        const made = pipeline({ server, responseCache: {} })
        const shared: ChatRequest = askCacheable('Wait for me.')
        const controller = new AbortController()
        const leaving = watched(made.chat(shared, { signal: controller.signal }))
        const staying = watched(made.chat(shared))
        await server.reached('here')
        await turns()
        controller.abort()
        const left = await leaving.within(settledWithinMs, 'The call that was aborted')
        check.ok('error' in left, 'an aborted call must fail')
        // An entrant that shares no calls has two of them, and closes one.
        check.equal(
          await steady(() => server.inFlight, Infinity),
          1,
          'provider calls that go on for the one who stays',
        )
        server.release('here')
        const answered = await staying.within(settledWithinMs, 'The call that stayed')
        check.equal(
          'value' in answered ? answered.value.response.choices[0]?.message.content : answered.error,
          'Here.',
          'the answer of the one who stayed',
        )
      }),
    },
    {
      name: 'an abort after the answer changes nothing, and a signal used for a hundred calls keeps no listener of them',
      case: 'nasty',
      run: undisturbed(async ({ check, faults, pipeline }) => {
        const server = await faults((request) => chatAnswer(request, { text: 'Here.' }))
        const made = pipeline({ server })
        const controller = new AbortController()
        // A warning of Node about too many listeners would fail the scenario.
        for (let count = 0; count < 100; count++) {
          const { response } = await made.chat(question, { signal: controller.signal })
          check.equal(response.choices[0]?.message.content, 'Here.', 'the answer')
        }
        controller.abort()
        await turns()
        check.equal(server.journal.length, 100, 'requests at the provider')
      }),
    },
    {
      name: 'the error says that the call was cancelled, wherever the abort found it',
      case: 'ordinary',
      run: undisturbed(async (lab) => {
        const cases: [string, Answer, Call][] = [
          ['chat before the headers', silence, chat],
          ['chat in its body', halfBody, chat],
          ['stream before the headers', silence, stream],
          ['stream in its text', halfStream, stream],
          ['embeddings before the headers', silence, embed],
          ['embeddings in their body', halfBody, embed],
        ]
        for (const [what, answer, call] of cases) {
          const ending = await abortsAt(lab, answer, call)
          await lab.check.rejectsWithCode(Promise.resolve(ending).then(unwrap), 'CANCELLED', what)
        }
        const made = lab.pipeline({ server: await lab.faults([silence]) })
        await lab.check.rejectsWithCode(chat(made, AbortSignal.abort()), 'CANCELLED', 'an aborted signal')
      }),
    },
  ],
})
