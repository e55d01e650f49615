import fc from 'fast-check'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'

const question = ask('Say it in every script.')

/** One, two, three and four bytes a character, combining marks, a joined emoji, and what looks like the framing itself. */
const text =
  'Grüße, naïve Ω; 日本語 and العربية; e\u0301 👩‍👩‍👧‍👦🏳️‍🌈\u2028new\u2029lines; data: x\n\n: y\r\nid: \ufeff1. '

interface Framing {
  lineEnd: '\n' | '\r\n'
  /** JSON over several lines, each in a `data` field of its own. */
  isMultiLine: boolean
  /** After the colon of a field. */
  space: '' | ' '
  /** Before the first event. */
  bom: boolean
  /** Between event and event: a comment, and fields that say nothing of the data. */
  comment: string | undefined
  hasOtherFields: boolean
}

const plain: Framing = {
  lineEnd: '\n',
  isMultiLine: false,
  space: ' ',
  bom: false,
  comment: undefined,
  hasOtherFields: false,
}

/** The bytes of a stream that carries these pieces, framed so (WHATWG HTML, 9.2.5 "Parsing an event stream"). */
function streamBytes(pieces: readonly string[], framing: Framing): Buffer {
  const { lineEnd, isMultiLine, space, bom, comment, hasOtherFields } = framing
  const event = (data: string): string => {
    const lines = data.split('\n').map((line) => `data:${space}${line}`)
    if (comment !== undefined) lines.unshift(`:${space}${comment}`)
    if (hasOtherFields) lines.push(`id:${space}7`, `retry:${space}3000`)
    return `${lines.join(lineEnd)}${lineEnd}${lineEnd}`
  }
  const chunk = (delta: object, finishReason: string | null): string =>
    JSON.stringify(
      {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_795_435_200,
        model: 'gpt-4o',
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      },
      undefined,
      isMultiLine ? 1 : undefined,
    )
  const events = [
    ...pieces.map((content, index) =>
      event(chunk(index === 0 ? { role: 'assistant', content } : { content }, null)),
    ),
    event(chunk({}, 'stop')),
    event('[DONE]'),
  ]
  return Buffer.from(`${bom ? '\ufeff' : ''}${events.join('')}`)
}

function answerOf(bytes: Buffer, bytesPerWrite?: number): Answer {
  return {
    headers: { 'content-type': 'text/event-stream' },
    ...(bytesPerWrite === undefined ? {} : { bytesPerWrite }),
    steps: [{ base64: bytes.toString('base64') }],
  }
}

/** Streams each answer once, all of them from one server, and compares the texts. */
async function sameText({ check, faults, pipeline }: Lab, answers: readonly Answer[]): Promise<void> {
  const server = await faults(answers)
  const made = pipeline({ server })
  for (const number of answers.keys()) {
    check.equal(textOf(await readAll(made.stream(question))), text, `the text of answer ${number + 1}`)
  }
}

const pieces = [text.slice(0, 3), text.slice(3, 21), text.slice(21)]

export const STR06 = defineClause({
  id: 'STR-06',
  sentence: 'UTF-8 split at any byte, CRLF, multi-line data, comments and a BOM give the same text (F)(P).',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'text of many scripts in one event, in one packet',
      case: 'ordinary',
      run: (lab) => sameText(lab, [answerOf(streamBytes([text], plain))]),
    },
    {
      name: 'every byte is a packet of its own',
      case: 'boundary',
      run: (lab) => sameText(lab, [answerOf(streamBytes(pieces, plain), 1)]),
    },
    {
      name: 'packets of two to seven bytes cut characters and line ends wherever they fall',
      case: 'boundary',
      run: (lab) =>
        sameText(
          lab,
          [2, 3, 4, 5, 6, 7].map((size) =>
            answerOf(streamBytes(pieces, { ...plain, lineEnd: '\r\n' }), size),
          ),
        ),
    },
    {
      name: 'CRLF, fields without a space, other fields and comments between the events',
      case: 'ordinary',
      run: (lab) =>
        sameText(lab, [
          answerOf(streamBytes(pieces, { ...plain, lineEnd: '\r\n' })),
          answerOf(streamBytes(pieces, { ...plain, space: '' })),
          answerOf(streamBytes(pieces, { ...plain, comment: 'PROCESSING', hasOtherFields: true })),
          answerOf(streamBytes(pieces, { ...plain, comment: '', hasOtherFields: true }), 1),
        ]),
    },
    {
      name: 'JSON over several data lines is one event',
      case: 'nasty',
      run: (lab) =>
        sameText(lab, [
          answerOf(streamBytes(pieces, { ...plain, isMultiLine: true })),
          answerOf(streamBytes(pieces, { ...plain, isMultiLine: true, lineEnd: '\r\n' }), 1),
        ]),
    },
    {
      name: 'a BOM before the first event, whole or cut in three, does not swallow it',
      case: 'nasty',
      run: (lab) =>
        sameText(lab, [
          answerOf(streamBytes(pieces, { ...plain, bom: true })),
          answerOf(streamBytes(pieces, { ...plain, bom: true }), 1),
        ]),
    },
    {
      name: 'any text in any pieces, framed and cut in any of these ways',
      case: 'nasty',
      limitMs: 60_000,
      async run({ check, faults, pipeline }) {
        let answer: Answer = { steps: [] }
        const server = await faults(() => answer)
        const made = pipeline({ server })
        const framing: fc.Arbitrary<Framing> = fc.record({
          lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
          isMultiLine: fc.boolean(),
          space: fc.constantFrom('' as const, ' ' as const),
          bom: fc.boolean(),
          comment: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }).map(oneLine), { nil: undefined }),
          hasOtherFields: fc.boolean(),
        })
        const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
          minLength: 1,
          maxLength: 4,
        })
        await fc.assert(
          fc.asyncProperty(words, framing, fc.integer({ min: 1, max: 40 }), async (said, framed, size) => {
            answer = answerOf(streamBytes(said, framed), size)
            check.equal(textOf(await readAll(made.stream(question))), said.join(''), 'the whole text')
          }),
          { numRuns: 80, seed: 6, endOnFailure: true },
        )
      },
    },
  ],
})

function oneLine(comment: string): string {
  return comment.replaceAll(/[\r\n]/g, ' ')
}
