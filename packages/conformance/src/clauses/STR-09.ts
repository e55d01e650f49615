import type { ChatChunk, ChatResponse, ChatStream } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import { deltaEvent, eventStream } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

interface Call {
  id: string
  name: string
  arguments: string
}

/** The piece of a tool call that opens it. */
function head(index: number, id: string, name: string): Record<string, unknown> {
  return { index, id, type: 'function', function: { name, arguments: '' } }
}

/** A piece of the arguments of a tool call. */
function piece(index: number, text: string): Record<string, unknown> {
  return { index, function: { arguments: text } }
}

/** One event with these pieces. */
function calls(pieces: Record<string, unknown>[], choice = 0): Step {
  return deltaEvent({ tool_calls: pieces }, { choice })
}

/** The event that opens a choice. */
const role = (choice = 0): Step => deltaEvent({ role: 'assistant', content: null }, { choice })

const finish = deltaEvent({}, { finishReason: 'tool_calls' })

/** What the chunks carry for one choice: each call under the index that its pieces have. */
function joinByIndex(chunks: readonly ChatChunk[], choice = 0): Record<number, Call> {
  const joined: Record<number, Call> = {}
  for (const { index, delta } of chunks.flatMap((chunk) => chunk.choices)) {
    if (index !== choice) continue
    for (const part of delta.tool_calls ?? []) {
      const call = (joined[part.index] ??= { id: '', name: '', arguments: '' })
      // An id may be said again with each piece.
      call.id = part.id || call.id
      call.name += part.function?.name ?? ''
      call.arguments += part.function?.arguments ?? ''
    }
  }
  return joined
}

/** The calls of a whole answer, in its order. */
function callsOf(response: ChatResponse, choice = 0): Call[] {
  return (response.choices.find(({ index }) => index === choice)?.message.tool_calls ?? []).map(
    ({ id, function: called }) => ({
      id,
      name: called?.name ?? '',
      arguments: called?.arguments ?? '',
    }),
  )
}

/** Streams the answer once and compares chunks and result with what is expected, by index. */
async function joinedAs(
  { check, faults, pipeline }: Lab,
  answer: Answer,
  expected: Record<number, Call>,
  options: Partial<Parameters<Lab['pipeline']>[0]> = {},
): Promise<void> {
  const stream = pipeline({ server: await faults([answer]), ...options }).stream(ask('Go'))
  const chunks = await readAll(stream)
  check.deepEqual(joinByIndex(chunks), expected, 'the calls that the chunks carry, by index')
  const { response } = await stream.result
  // Keys that are numbers come in their order.
  check.deepEqual(
    callsOf(response),
    Object.values(expected),
    'the calls of the result, in the order of index',
  )
}

export const STR09 = defineClause({
  id: 'STR-09',
  sentence: 'Tool-call arguments split over chunks are joined; parallel tool calls keep their indexes.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['stream', 'stream-result'],
  scenarios: [
    {
      name: 'arguments that come character by character are one JSON text',
      case: 'ordinary',
      async run(lab) {
        const text = '{"city":"Oslo","days":[1,2,3],"note":"say \\"hei\\"\\n"}'
        const steps = [
          role(),
          calls([head(0, 'call_a', 'weather')]),
          ...Array.from(text, (character) => calls([piece(0, character)])),
          finish,
        ]
        await joinedAs(lab, eventStream(steps), { 0: { id: 'call_a', name: 'weather', arguments: text } })
        lab.check.deepEqual(JSON.parse(text), { city: 'Oslo', days: [1, 2, 3], note: 'say "hei"\n' })
      },
    },
    {
      name: 'three calls whose pieces alternate, also within one event, are kept apart',
      case: 'ordinary',
      async run(lab) {
        const steps = [
          role(),
          calls([head(0, 'a', 'first'), head(1, 'b', 'second')]),
          calls([piece(1, '{"b"'), piece(0, '{"a"')]),
          calls([head(2, 'c', 'third')]),
          calls([piece(0, ':1'), piece(2, '{"c":'), piece(1, ':')]),
          calls([piece(2, '3}')]),
          calls([piece(1, '2}'), piece(0, '}')]),
          finish,
        ]
        await joinedAs(lab, eventStream(steps), {
          0: { id: 'a', name: 'first', arguments: '{"a":1}' },
          1: { id: 'b', name: 'second', arguments: '{"b":2}' },
          2: { id: 'c', name: 'third', arguments: '{"c":3}' },
        })
      },
    },
    {
      name: 'no arguments at all, all of them in the opening piece, and an id that each piece repeats',
      case: 'boundary',
      async run(lab) {
        const steps = [
          role(),
          calls([head(0, 'a', 'none')]),
          calls([{ index: 1, id: 'b', type: 'function', function: { name: 'whole', arguments: '{"x":1}' } }]),
          calls([head(2, 'c', 'again')]),
          calls([{ index: 2, id: 'c', type: 'function', function: { name: null, arguments: '{"y":' } }]),
          calls([{ index: 2, id: '', function: { name: '', arguments: '2' } }]),
          // With the finish reason, as some servers send the last piece.
          deltaEvent({ tool_calls: [piece(2, '}')] }, { finishReason: 'tool_calls' }),
        ]
        await joinedAs(lab, eventStream(steps), {
          0: { id: 'a', name: 'none', arguments: '' },
          1: { id: 'b', name: 'whole', arguments: '{"x":1}' },
          2: { id: 'c', name: 'again', arguments: '{"y":2}' },
        })
      },
    },
    {
      name: 'indexes with a gap, the higher one first, are what the reader gets, and their order is the result’s',
      case: 'boundary',
      async run(lab) {
        const steps = [
          role(),
          calls([head(5, 'late', 'second')]),
          calls([piece(5, '{"n"')]),
          calls([head(2, 'early', 'first')]),
          calls([piece(2, '[]'), piece(5, ':5}')]),
          finish,
        ]
        await joinedAs(lab, eventStream(steps), {
          2: { id: 'early', name: 'first', arguments: '[]' },
          5: { id: 'late', name: 'second', arguments: '{"n":5}' },
        })
      },
    },
    {
      name: 'every byte a packet of its own, escapes and surrogate pairs cut in the middle',
      case: 'nasty',
      async run(lab) {
        const steps = [
          role(),
          calls([head(0, 'ä', 'größe')]),
          calls([piece(0, '{"q":"日')]),
          calls([piece(0, 'é \ud83d')]),
          calls([piece(0, '\ude00 \\')]),
          calls([piece(0, '"end"}')]),
          finish,
        ]
        const text = '{"q":"日é 😀 \\"end"}'
        await joinedAs(lab, eventStream(steps, { bytesPerWrite: 1 }), {
          0: { id: 'ä', name: 'größe', arguments: text },
        })
      },
    },
    {
      name: 'calls of two choices with the same indexes do not mix',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const steps = [
          role(),
          role(1),
          calls([head(0, 'a', 'f')], 0),
          calls([head(0, 'b', 'g')], 1),
          calls([piece(0, '{"one"')], 0),
          calls([piece(0, '{"two"')], 1),
          calls([head(1, 'c', 'h')], 1),
          calls([piece(0, ':1}')], 0),
          calls([piece(1, '{}'), piece(0, ':2}')], 1),
          deltaEvent({}, { choice: 1, finishReason: 'tool_calls' }),
          deltaEvent({}, { choice: 0, finishReason: 'tool_calls' }),
        ]
        const expected = [
          { 0: { id: 'a', name: 'f', arguments: '{"one":1}' } },
          { 0: { id: 'b', name: 'g', arguments: '{"two":2}' }, 1: { id: 'c', name: 'h', arguments: '{}' } },
        ]
        const stream = pipeline({ server: await faults([eventStream(steps)]) }).stream(ask('Go', { n: 2 }))
        const chunks = await readAll(stream)
        const { response } = await stream.result
        for (const [choice, byIndex] of expected.entries()) {
          check.deepEqual(joinByIndex(chunks, choice), byIndex, `chunks of choice ${choice}`)
          check.deepEqual(callsOf(response, choice), Object.values(byIndex), `result of choice ${choice}`)
        }
      },
    },
    {
      name: 'what a guardrail holds back of two calls at once comes out under its own call',
      case: 'nasty',
      async run(lab) {
        // Each ends like the beginning of what the rule looks for, so that both are held to the end.
        const steps = [
          role(),
          calls([head(0, 'a', 'f'), head(1, 'b', 'g')]),
          calls([piece(0, '{"a":"one"')]),
          calls([piece(1, '{"b":"two"'), piece(0, '}')]),
          calls([piece(1, '}')]),
          finish,
        ]
        await joinedAs(
          lab,
          eventStream(steps),
          {
            0: { id: 'a', name: 'f', arguments: '{"a":"one"}' },
            1: { id: 'b', name: 'g', arguments: '{"b":"two"}' },
          },
          { guardrails: wordPolicy('"}XYZZY', 'redact') },
        )
      },
    },
    {
      name: 'who asks again, or joins in the middle of the arguments, gets the same calls, cached or not',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const opening = [
          deltaEvent({ role: 'assistant', content: 'Looking it up.' }),
          calls([head(0, 'a', 'f')]),
          calls([head(1, 'b', 'g'), piece(0, '{"a"')]),
        ]
        const closing = [
          calls([piece(1, '[2'), piece(0, ':1}')]),
          calls([piece(1, ']')]),
          // A text and `stop` beside tool calls, as some servers say it, so that a cache may take it for an answer.
          deltaEvent({}, { finishReason: 'stop' }),
        ]
        const server = await faults([
          eventStream([...opening, { gate: 'rest' }, ...closing]),
          eventStream([...opening, ...closing]),
        ])
        const made = pipeline({ server, responseCache: {} })
        const expected = {
          0: { id: 'a', name: 'f', arguments: '{"a":1}' },
          1: { id: 'b', name: 'g', arguments: '[2]' },
        }
        const asked: { stream: ChatStream; reading: Promise<ChatChunk[]> }[] = []
        const askAgain = (): Promise<ChatChunk[]> => {
          const stream = made.stream(askCacheable('Go'))
          const reading = readAll(stream)
          asked.push({ stream, reading })
          return reading
        }
        const first = askAgain()
        await server.reached('rest')
        const joined = askAgain()
        server.release('rest')
        await Promise.all([first, joined])
        for (let time = 0; time < 2; time++) await askAgain()
        for (const [number, { stream, reading }] of asked.entries()) {
          check.deepEqual(joinByIndex(await reading), expected, `chunks of stream ${number}`)
          const { response } = await stream.result
          check.deepEqual(callsOf(response), Object.values(expected), `result of stream ${number}`)
        }
      },
    },
  ],
})
