import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import { chatAnswer, deltaEvent, errorAnswer } from '../servers/provider.ts'

const ways: readonly [string, (made: Pipeline) => Promise<unknown>][] = [
  ['chat', (made) => made.chat(ask('Hello'))],
  ['stream', (made) => readAll(made.stream(ask('Hello')))],
]

/** A call whose first attempt is answered so succeeds with its second. */
async function isAskedTwice(
  { check, faults, pipeline }: Lab,
  first: readonly (readonly [string, Answer])[],
  asked = ways,
): Promise<void> {
  await Promise.all(
    first.flatMap(([what, answer]) =>
      asked.map(async ([way, run]) => {
        const server = await faults((request) =>
          request.index === 0 ? answer : chatAnswer(request, { text: 'Yes.' }),
        )
        const outcome = await run(pipeline({ server })).then(
          () => 'resolved',
          (error: unknown) => `rejected with ${String(error)}`,
        )
        check.equal(outcome, 'resolved', `${way} after ${what}`)
        check.equal(server.journal.length, 2, `requests of ${way} after ${what}`)
      }),
    ),
  )
}

const sse = { 'content-type': 'text/event-stream' }

export const FLT05 = defineClause({
  id: 'FLT-05',
  sentence:
    '429, 408, 409, 500, 502, 503, 504, resets and connection failures are retried before the first byte reaches the caller, never after (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'retry'],
  scenarios: [
    {
      name: 'each of the statuses is tried again, whole and streamed',
      case: 'ordinary',
      run: (lab) =>
        isAskedTwice(
          lab,
          [429, 408, 409, 500, 502, 503, 504].map((status) => [`${status}`, errorAnswer(status)]),
        ),
    },
    {
      name: 'a connection that is reset before the answer is tried again',
      case: 'ordinary',
      run: (lab) =>
        isAskedTwice(lab, [['a reset', { before: [{ reset: true }], steps: [] } satisfies Answer]]),
    },
    {
      name: 'an address where nobody listens is tried three times',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults([])
        await server.close()
        await Promise.all(
          ways.map(async ([way, run]) => {
            let requests = 0
            const counted: typeof fetch = (...request) => {
              requests++
              return fetch(...request)
            }
            const outcome = await run(pipeline({ server, provider: { fetch: counted } })).then(
              () => 'resolved',
              () => 'rejected',
            )
            check.equal(outcome, 'rejected', way)
            check.equal(requests, 3, `connections of ${way}`)
          }),
        )
      },
    },
    {
      name: 'an answer that breaks before any of it has reached the caller is tried again',
      case: 'boundary',
      async run(lab) {
        await isAskedTwice(
          lab,
          [['headers and a reset', { headers: sse, steps: [{ comment: 'one moment' }, { reset: true }] }]],
          ways.slice(1),
        )
        await isAskedTwice(
          lab,
          [['half a body and a reset', { steps: [{ text: '{"id":"chatcmpl-1","choi' }, { reset: true }] }]],
          ways.slice(0, 1),
        )
      },
    },
    {
      name: 'a stream that breaks after its first chunk is not asked for again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const begun: Step[] = [
          deltaEvent({ role: 'assistant', content: '' }),
          deltaEvent({ content: 'The first words' }),
        ]
        const breaks: [string, Step[]][] = [
          ['a reset', [{ reset: true }]],
          ['an error event', [{ event: { error: { message: 'Overloaded', type: 'server_error' } } }]],
        ]
        await Promise.all(
          breaks.map(async ([what, steps]) => {
            const server = await faults((request) =>
              request.index === 0
                ? { headers: sse, steps: [...begun, ...steps] }
                : chatAnswer(request, { text: 'The second answer.' }),
            )
            let text = ''
            const reading = (async () => {
              for await (const chunk of pipeline({ server }).stream(ask('Hello')))
                text += chunk.choices?.[0]?.delta?.content ?? ''
            })()
            const outcome = await reading.then(
              () => 'resolved',
              () => 'rejected',
            )
            check.equal(outcome, 'rejected', `the stream that breaks with ${what}`)
            check.equal(server.journal.length, 1, `requests of the stream that breaks with ${what}`)
            check.equal(text, 'The first words', 'what the reader had')
          }),
        )
      },
    },
    {
      name: 'a first chunk of a single space has reached the caller all the same',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          request.index === 0
            ? {
                headers: sse,
                steps: [
                  deltaEvent({ role: 'assistant', content: ' ' }),
                  { gate: 'the first chunk is read' },
                  { reset: true },
                ],
              }
            : chatAnswer(request, { text: 'Yes.' }),
        )
        const chunks = pipeline({ server }).stream(ask('Hello'))[Symbol.asyncIterator]()
        const first = await chunks.next()
        check.equal(first.done, false, 'the first chunk')
        server.release('the first chunk is read')
        const outcome = await chunks.next().then(
          () => 'read on',
          () => 'rejected',
        )
        check.equal(outcome, 'rejected', 'the second chunk')
        check.equal(server.journal.length, 1, 'requests')
      },
    },
  ],
})
