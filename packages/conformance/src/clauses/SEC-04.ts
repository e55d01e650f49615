import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import { chatAnswer, chatBody, deltaEvent, eventStream, lastText, provider } from '../servers/provider.ts'

/** Texts that something on the way may drop, cut, turn round or make one of. */
const awkward: readonly (readonly [string, string])[] = [
  ['a lone high surrogate', 'before \ud83d after'],
  ['a lone low surrogate', 'before \ude00 after'],
  ['two surrogates the wrong way round', '\ude00\ud83d'],
  ['a lone surrogate at the end', 'an emoji cut in two \ud83d'],
  ['a NUL', 'before \u0000 after'],
  ['nothing but NULs', '\u0000\u0000'],
  ['control characters', 'bell \u0007 escape \u001b[31m delete \u007f'],
  ['right-to-left marks', 'user \u202egpj.exe\u202c \u200f\u061c\u2066x\u2069'],
  ['a byte order mark', '\ufeffbefore \ufeff after'],
  ['line separators', 'one \u2028 two \u2029 three \u0085 four'],
  ['non-characters', '\uffff \ufffe \ufdd0'],
  ['a replacement character', 'before \ufffd after'],
  ['joined and combined characters', '👩‍👩‍👧 e\u0301 \u0065\u0301'],
]

/** Echoes what it is asked, so that a text makes the whole way there and back. */
const echo = provider((request) => ({ text: lastText(request), pieces: [lastText(request)] }))

type Outcome = { text: unknown } | { code: unknown }

async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { text: await call }
  } catch (error) {
    return {
      code: typeof error === 'object' && error !== null && 'code' in error ? error.code : String(error),
    }
  }
}

/** The text is what it should be, or the call was refused as an invalid request. Nothing in between. */
function survives({ check }: Lab, outcome: Outcome, expected: string, what: string): void {
  if ('code' in outcome) check.equal(outcome.code, 'INVALID_REQUEST', `the refusal of ${what}`)
  else check.equal(JSON.stringify(outcome.text), JSON.stringify(expected), what)
}

/** A whole answer with these bytes in the middle of its text. */
function wholeWith(bytes: Buffer): Step[] {
  const [head = '', tail = ''] = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_795_435_200,
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', content: 'before | after' }, finish_reason: 'stop' }],
  }).split('|')
  return [{ text: head }, { base64: bytes.toString('base64') }, { text: tail }]
}

/** The same as one event of a stream. */
function eventWith(bytes: Buffer): Step[] {
  const event = deltaEvent({ content: 'before | after' })
  const [head = '', tail = ''] = JSON.stringify('event' in event ? event.event : {}).split('|')
  return [{ text: `data: ${head}` }, { base64: bytes.toString('base64') }, { text: `${tail}\n\n` }]
}

export const SEC04 = defineClause({
  id: 'SEC-04',
  sentence:
    'Lone surrogates, NULs, invalid UTF-8 and right-to-left marks are refused by name or survive the round trip.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'each of them in a prompt and in its answer, whole and streamed',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        for (const [what, text] of awkward) {
          const server = await faults(echo)
          const made = pipeline({ server })
          const whole = made.chat(ask(text)).then(({ response }) => response.choices[0]?.message.content)
          survives(lab, await outcomeOf(whole), text, `the answer to ${what}`)
          const streamed = (async () => textOf(await readAll(made.stream(ask(text)))))()
          survives(lab, await outcomeOf(streamed), text, `the streamed answer to ${what}`)
          for (const request of server.journal) {
            check.equal(
              JSON.stringify(lastText(request)),
              JSON.stringify(text),
              `${what} as it reached the provider`,
            )
          }
        }
      },
    },
    {
      name: 'each of them is its own entry in the cache, and comes back from it as it went in',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        // In UTF-8 all lone surrogates are one character.
        const texts = [
          ...awkward.map(([, text]) => text),
          '\ud83d',
          '\ud83e',
          '\ude00',
          '\ufffd',
          'a\u0000b',
          'ab',
        ]
        for (let time = 0; time < 2; time++) {
          for (const text of texts) {
            const call = made
              .chat(askCacheable(text))
              .then(({ response }) => response.choices[0]?.message.content)
            survives(lab, await outcomeOf(call), text, 'the answer to an awkward text')
          }
        }
        check.ok(server.journal.length > 0, 'the provider must have been asked')
      },
    },
    {
      name: 'each of them as tenant, endpoint, tool argument and name',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        for (const [what, text] of awkward) {
          const server = await faults(echo)
          const made = pipeline({ server, responseCache: { store: createSpyStore() } })
          const fields = {
            messages: [
              { role: 'user' as const, content: [{ type: 'text', text }] },
              {
                role: 'assistant' as const,
                content: null,
                tool_calls: [
                  {
                    id: 'c1',
                    type: 'function',
                    function: { name: 'f', arguments: JSON.stringify({ text }) },
                  },
                ],
              },
              { role: 'tool' as const, tool_call_id: 'c1', content: text },
            ],
          }
          const labels = { tenant: text, endpoint: text, promptVersion: text }
          const call = made
            .chat(askCacheable('', fields), labels)
            .then(({ response }) => response.choices[0]?.message.content)
          survives(lab, await outcomeOf(call), text, `the answer to ${what}`)
          const [sent] = server.journal
          if (sent === undefined) continue
          const { messages } = chatBody(sent)
          const written = JSON.stringify(messages)
          // Whether as a text or as a part is the client's choice.
          const times = written.split(JSON.stringify(text).slice(1, -1)).length - 1
          check.ok(times >= 2, `${what} must reach the provider in the user's message and in the tool's`)
          const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? [])
          const sentArguments = JSON.parse(calls[0]?.function?.arguments ?? '{}') as { text?: string }
          check.equal(JSON.stringify(sentArguments.text), JSON.stringify(text), `the argument with ${what}`)
        }
      },
    },
    {
      name: 'a character that a stream sends in two halves is one character',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(request, { pieces: ['smile \ud83d', '\ude00 ', '\ud83d', '\ude00'], text: '' }),
        )
        const stream = pipeline({ server }).stream(ask('Hello'))
        check.equal(textOf(await readAll(stream)), 'smile 😀 😀', 'the text of the chunks')
        // An entrant without a joined result has nothing to look at.
        const result = await Promise.resolve(stream.result)
        if (result) check.equal(result.response.choices[0]?.message.content, 'smile 😀 😀', 'the joined text')
      },
    },
    {
      name: 'bytes that are no UTF-8 fail by type, or are replaced by U+FFFD and by nothing else, alike in both modes',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        // A byte that starts nothing, a character cut short, a surrogate in UTF-8, an overlong slash.
        const invalid = ['ff', 'e282', 'eda080', 'c0af', 'f09f98']
        for (const hex of invalid) {
          const bytes = Buffer.from(hex, 'hex')
          const outcomes: Outcome[] = []
          const server = await faults((request) =>
            (request.body as { stream?: boolean }).stream === true
              ? eventStream([...eventWith(bytes), deltaEvent({}, { finishReason: 'stop' })], {
                  bytesPerWrite: 1,
                })
              : { steps: wholeWith(bytes) },
          )
          const made = pipeline({ server, retry: { maxRetries: 0 } })
          outcomes.push(
            await outcomeOf(
              made.chat(ask('Hello')).then(({ response }) => response.choices[0]?.message.content),
            ),
            await outcomeOf(readAll(made.stream(ask('Hello'))).then((chunks) => textOf(chunks))),
          )
          for (const outcome of outcomes) {
            if ('code' in outcome) check.equal(outcome.code, 'UPSTREAM', `the refusal of ${hex}`)
            // Which says by its name that something was there; the Unicode Standard, section 3.9, and WHATWG's decoder.
            else check.match(String(outcome.text), /^before \ufffd+ after$/, `the answer with ${hex}`)
          }
          check.deepEqual(outcomes[0], outcomes[1], `whole and streamed with ${hex}`)
        }
      },
    },
  ],
})
