import type { ChatChunk } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import { deltaEvent, eventStream, provider } from '../servers/provider.ts'

const question = askCacheable('Tell me everything.')
const said = 'The first half of '
const begun = [deltaEvent({ role: 'assistant', content: '' }), deltaEvent({ content: said })]
const rest = [deltaEvent({ content: 'it.' }), deltaEvent({}, { finishReason: 'stop' })]

const badJson: Step = { text: 'data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"cont\n\n' }
const errorEvent: Step = {
  event: { error: { message: 'The server had an error', type: 'server_error', param: null, code: null } },
}
/** As some gateways send it: named, and with an error that is a text. */
const namedErrorEvent: Step = { text: 'event: error\ndata: {"error":"overloaded"}\n\n' }

interface Failure {
  chunks: ChatChunk[]
  error: unknown
}

/** What a reader got before the failure, and the failure; undefined where there was none. */
async function readToFailure(stream: AsyncIterable<ChatChunk>): Promise<Failure> {
  const chunks: ChatChunk[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch (error) {
    return { chunks, error }
  }
  return { chunks, error: undefined }
}

/**
 * A first stream that breaks at `broken` after some text, and a second one of the same request that is whole. Requires that the
 * first reader got the text and an error, and that nothing of it is in the second answer.
 */
async function breaks({ check, faults, pipeline }: Lab, broken: Step[]): Promise<unknown> {
  const server = await faults([
    eventStream([...begun, { gate: 'read' }, ...broken]),
    eventStream([...begun, ...rest]),
  ])
  const made = pipeline({ server, responseCache: {}, retry: { maxRetries: 0 } })
  const stream = made.stream(question)
  // Opened by the reader, so that the failure cannot overtake the text.
  const opened = async function* (): AsyncGenerator<ChatChunk> {
    for await (const chunk of stream) {
      if (textOf([chunk]) !== '') server.release('read')
      yield chunk
    }
  }
  const { chunks, error } = await readToFailure(opened())
  check.ok(error instanceof Error, 'a broken stream must fail, not end')
  check.equal(textOf(chunks), said, 'what was received before the failure')
  const again = await readToFailure(made.stream(question))
  check.equal(again.error, undefined, 'how the same request ended when it was asked again')
  check.equal(textOf(again.chunks), `${said}it.`, 'its text')
  check.equal(server.journal.length, 2, 'requests at the provider')
  return error
}

export const STR05 = defineClause({
  id: 'STR-05',
  sentence:
    'Bad JSON in an event, an error event, a reset: typed errors with what was received; nothing is cached (F).',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'an event whose JSON is cut off',
      case: 'ordinary',
      run: async (lab) => void (await breaks(lab, [badJson])),
    },
    {
      name: 'an error event, as the provider sends it and as gateways do',
      case: 'ordinary',
      async run(lab) {
        await breaks(lab, [errorEvent])
      },
    },
    {
      name: 'an error event of another name',
      case: 'boundary',
      run: async (lab) => void (await breaks(lab, [namedErrorEvent])),
    },
    {
      name: 'a connection that is reset after some text',
      case: 'ordinary',
      run: async (lab) => void (await breaks(lab, [{ reset: true }])),
    },
    {
      name: 'a connection that is reset in the middle of an event',
      case: 'boundary',
      run: async (lab) =>
        void (await breaks(lab, [{ text: 'data: {"id":"chatcmpl-1","choi' }, { reset: true }])),
    },
    {
      name: 'a polite end after the failure, finish reason and [DONE] included, does not heal it',
      case: 'nasty',
      run: async (lab) => void (await breaks(lab, [badJson, ...rest])),
    },
    {
      name: 'an error event after the finish reason is a failure all the same',
      case: 'nasty',
      async run(lab) {
        await breaks(lab, [deltaEvent({}, { finishReason: 'stop' }), errorEvent])
      },
    },
    {
      name: 'an event that is JSON and no chunk: a number, null, a list, a text',
      case: 'nasty',
      async run(lab) {
        for (const text of ['42', 'null', '[]', '"chunk"'])
          await breaksAlone(lab, { text: `data: ${text}\n\n` })
      },
    },
    {
      name: 'a stream that begins with what is no chunk and goes on is closed, at each attempt',
      case: 'nasty',
      needs: ['retry'],
      async run({ check, faults, pipeline }) {
        const server = await faults([{ ...eventStream([]), steps: [{ event: {} }, { stall: true }] }])
        // A deadline that would close it, much later: who leaves the connection to that has left it open.
        const { error } = await readToFailure(pipeline({ server, deadlineMs: 60_000 }).stream(question))
        await check.rejectsWithCode(Promise.reject(error), 'UPSTREAM')
        for (const exchange of server.journal)
          check.equal((await server.ended(exchange)).ended?.by, 'client', 'who closed the connection')
      },
    },
    {
      name: 'each failure has the type of its kind',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const expected: [string, Step, string][] = [
          ['bad JSON', badJson, 'UPSTREAM'],
          ['an error event', errorEvent, 'UPSTREAM'],
          ['a named error event', namedErrorEvent, 'UPSTREAM'],
          ['a reset', { reset: true }, 'NETWORK'],
        ]
        for (const [what, step, code] of expected) {
          const server = await faults([eventStream([...begun, step])])
          const stream = pipeline({ server, retry: { maxRetries: 0 } }).stream(question)
          const { error } = await readToFailure(stream)
          await check.rejectsWithCode(Promise.reject(error), code, what)
          if (stream.result !== undefined)
            await check.rejectsWithCode(stream.result, code, `the result after ${what}`)
        }
      },
    },
    {
      name: 'where a record is kept, it has the tokens of what was received',
      case: 'nasty',
      async run(lab) {
        const { check, records } = lab
        for (const broken of [badJson, errorEvent, { reset: true } as const]) {
          const before = records.length
          await breaks(lab, [broken])
          for (const { outcome, outputTokens } of records.slice(before, before + 1)) {
            check.equal(outcome, 'error', 'outcome of the record')
            check.between(outputTokens, 1, said.length, 'output tokens of what was received')
          }
        }
      },
    },
    {
      name: 'a whole request after a broken stream is not served from it',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const whole = provider({ text: 'All of it.' })
        const server = await faults((request) =>
          request.index === 0 ? eventStream([...begun, badJson]) : whole(request),
        )
        const made = pipeline({ server, responseCache: { policy: 'always' }, retry: { maxRetries: 0 } })
        const { error } = await readToFailure(made.stream(question))
        check.ok(error instanceof Error, 'the broken stream must fail')
        const { response } = await made.chat(question)
        check.equal(response.choices[0]?.message.content, 'All of it.', 'the whole answer')
      },
    },
  ],
})

/** As `breaks`, for one event among many: the reader fails, and got the text before it. */
async function breaksAlone({ check, faults, pipeline }: Lab, step: Step): Promise<void> {
  const server = await faults([eventStream([...begun, step, ...rest])])
  const { chunks, error } = await readToFailure(
    pipeline({ server, retry: { maxRetries: 0 } }).stream(question),
  )
  check.ok(error instanceof Error, `a stream with ${JSON.stringify(step)} must fail`)
  check.ok(said.startsWith(textOf(chunks)), 'what came before it is what was sent')
}
