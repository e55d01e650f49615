import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import { deltaEvent, errorAnswer, provider } from '../servers/provider.ts'

const sse = { 'content-type': 'text/event-stream' }
const begun: Step[] = [deltaEvent({ role: 'assistant', content: '' }), deltaEvent({ content: 'Some words' })]
const streamed = (...steps: Step[]): Answer => ({ headers: sse, steps: [...begun, ...steps] })

/** What can go wrong with one answer, whole or streamed. */
const battery: readonly Answer[] = [
  errorAnswer(400),
  errorAnswer(401, { message: 'Incorrect API key' }),
  errorAnswer(429, {}, { 'retry-after': '120' }),
  errorAnswer(429, { code: 'insufficient_quota' }),
  errorAnswer(500),
  { status: 502, headers: { 'content-type': 'text/html' }, steps: [{ text: '<html>' }] },
  { status: 204, steps: [] },
  { status: 300, steps: [] },
  { before: [{ reset: true }], steps: [] },
  { steps: [{ reset: true }] },
  { steps: [{ text: '{"id":"chatcmpl-1","choi' }, { reset: true }] },
  { steps: [{ text: '{"id":"chatcmpl-1","choi' }] },
  { steps: [{ text: 'null' }] },
  { steps: [{ text: '{"choices":[]}' }] },
  { steps: [{ text: '{"choices":[null]}' }] },
  { headers: sse, steps: [] },
  { headers: sse, steps: [{ text: 'data: [DONE]\n\n' }] },
  streamed(),
  streamed({ reset: true }),
  streamed({ text: 'data: {"id": \n\n' }),
  streamed({ text: 'data: null\n\n' }),
  streamed({ text: 'data: 7\n\n' }),
  streamed({ event: { choices: [null] } }),
  streamed({ event: { error: { message: 'Overloaded', type: 'server_error' } } }),
  streamed({ text: 'event: error\ndata: not JSON\n\n' }),
  streamed(deltaEvent({ tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] })),
]

async function settled(call: PromiseLike<unknown>): Promise<void> {
  await call.then(
    () => {},
    () => {},
  )
}

/** Does `work` against each fault of the battery, one pipeline a fault. What is left behind is the lab's to find. */
async function isQuiet(
  { check, faults, pipeline }: Lab,
  work: (made: Pipeline) => Promise<void>,
): Promise<void> {
  await Promise.all(
    battery.map(async (answer) => {
      const server = await faults([answer])
      await work(pipeline({ server, retry: { maxRetries: 1, baseDelayMs: 1 } }))
      check.ok(server.journal.length > 0, 'the provider must have been asked')
    }),
  )
}

export const FLT12 = defineClause({
  id: 'FLT-12',
  sentence: 'No unhandled rejection and no console output in any scenario.',
  origin: 'found defect',
  kind: 'entrant',
  // The lab fails every scenario of every clause that leaves one of these behind; here are the faults of all of them at once.
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'every fault of an answer, to a caller who waits for it',
      case: 'ordinary',
      async run(lab) {
        await isQuiet(lab, async (made) => {
          await settled(made.chat(ask('Hello')))
          await settled(readAll(made.stream(ask('Hello'))))
        })
      },
    },
    {
      name: 'the same faults to a reader who leaves at the first chunk, and to one who only waits for the result',
      case: 'boundary',
      async run(lab) {
        await isQuiet(lab, async (made) => {
          const left = (async () => {
            for await (const _ of made.stream(ask('Hello'))) break
          })()
          await settled(left)
          const unread = made.stream(ask('Hello'))
          // An entrant without a `result` has nobody who waits for one.
          await settled(Promise.resolve(unread.result))
        })
      },
    },
    {
      name: 'many calls that fail at once, of which nobody is waited for until all have failed',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(({ index }) => battery[index % battery.length] ?? errorAnswer(500))
        const made = pipeline({ server, retry: { maxRetries: 0 } })
        const calls = Array.from({ length: 4 * battery.length }, (_, index) =>
          settled(
            index % 2 === 0 ? made.chat(ask(`Call ${index}`)) : readAll(made.stream(ask(`Call ${index}`))),
          ),
        )
        await Promise.all(calls)
        check.ok(server.journal.length >= calls.length, 'all must have been asked')
      },
    },
    {
      name: 'calls that are aborted before, during and after, and streams that are left unread',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const good = provider({ text: 'Some words of an answer', between: [{ gate: 'go' }] })
        const server = await faults((request) =>
          request.index % 3 === 2 ? { before: [{ gate: 'go' }], steps: [{ reset: true }] } : good(request),
        )
        const made = pipeline({ server, retry: { maxRetries: 0 } })
        await settled(made.chat(ask('Hello'), { signal: AbortSignal.abort() }))
        await settled(readAll(made.stream(ask('Hello'), { signal: AbortSignal.abort('a text') })))
        const before = server.journal.length
        const controllers = Array.from({ length: 6 }, () => new AbortController())
        const calls = controllers.map(({ signal }, index) =>
          settled(
            index % 2 === 0
              ? made.chat(ask(`Call ${index}`), { signal })
              : readAll(made.stream(ask(`Call ${index}`), { signal })),
          ),
        )
        await server.received(before + controllers.length)
        for (const controller of controllers) controller.abort(new Error('Enough.'))
        await Promise.all(calls)
        server.release('go')
        for (const controller of controllers) controller.abort()
        // Never read, never waited for.
        void made.stream(ask('Unread'))
        const iterator = made.stream(ask('Left before it began'))[Symbol.asyncIterator]()
        await iterator.return?.()
        check.ok(server.journal.length >= controllers.length, 'the calls must have been sent')
      },
    },
    {
      name: 'an address where nobody listens',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults([])
        await server.close()
        const made = pipeline({ server })
        let failures = 0
        for (const call of [() => made.chat(ask('Hello')), () => readAll(made.stream(ask('Hello')))]) {
          await call().catch(() => failures++)
        }
        check.equal(failures, 2, 'calls that failed')
      },
    },
  ],
})
