import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { embedAnswer, provider } from '../servers/provider.ts'

type Ask = (made: Pipeline) => Promise<unknown>

const chat: Ask = (made) => made.chat(askCacheable('Hello'))
const stream: Ask = (made) => readAll(made.stream(ask('Hello')))

const embed: Ask = (made) => made.embed({ model: 'text-embedding-3-small', input: ['one', 'two'] })

const json = (text: string): Answer => ({ steps: [{ text }] })
const html: Answer = {
  headers: { 'content-type': 'text/html; charset=utf-8' },
  steps: [{ text: '<!doctype html><html><body><h1>Sign in to continue</h1></body></html>' }],
}

/** What comes in place of two vectors. */
const noVectors: readonly (readonly [string, Answer])[] = [
  ['an HTML page', html],
  ['an HTML page that says it is JSON', { ...html, headers: {} }],
  ...[
    '{}',
    'null',
    '{"data":null}',
    '{"data":[]}',
    '{"data":[null,null]}',
    '{"data":[{"index":0,"embedding":[0.5]},{"index":1,"embedding":null}]}',
    '{"data":[{"index":0,"embedding":[0.5]},{"index":1,"embedding":[]}]}',
    '{"data":[{"index":0,"embedding":[0.5]},{"index":1}]}',
    '{"data":[{"index":0,"embedding":[0.5]}]}',
    '{"data":[{"index":0,"embedding":[0.5]},{"index":0,"embedding":[0.5]}]}',
  ].map((text) => [`the body ${text}`, json(text)] as const),
]

const envelope = '"id":"chatcmpl-1","object":"chat.completion","created":1795435200,"model":"gpt-4o"'

/** Each of these answers, with status 200, rejects as a failure of the provider's, however it is asked. */
async function isUpstreamError(
  { check, faults, pipeline }: Lab,
  answers: readonly (readonly [string, Answer])[],
  run: Ask = chat,
): Promise<void> {
  for (const [what, answer] of answers) {
    const made = pipeline({ server: await faults([answer]), responseCache: {}, retry: { maxRetries: 0 } })
    await check.rejectsWithCode(run(made), 'UPSTREAM', what)
  }
}

export const FLT08 = defineClause({
  id: 'FLT-08',
  sentence: 'A 200 with broken JSON, no choices or an HTML body is a typed Upstream error (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'broken JSON, an HTML page and an answer without choices',
      case: 'ordinary',
      run: (lab) =>
        isUpstreamError(lab, [
          ['JSON cut short', json(`{${envelope},"choices":[{"index":0,"mess`)],
          ['an HTML page', html],
          ['an HTML page that says it is JSON', { ...html, headers: {} }],
          ['no choices', json(`{${envelope}}`)],
          ['an empty list of choices', json(`{${envelope},"choices":[]}`)],
        ]),
    },
    {
      name: 'an empty body, and JSON that is no object',
      case: 'boundary',
      run: (lab) =>
        isUpstreamError(
          lab,
          ['', ' ', 'null', '[]', '"Hello"', '0', 'true'].map((text) => [`the body ${text}`, json(text)]),
        ),
    },
    {
      name: 'an answer to a stream that is none',
      case: 'boundary',
      run: (lab) =>
        isUpstreamError(
          lab,
          [
            ['an HTML page', html],
            ['broken JSON', json('{"id":')],
            ['an error in a 200', json('{"error":{"message":"Overloaded","type":"server_error"}}')],
          ],
          stream,
        ),
    },
    {
      name: 'choices of the wrong shape',
      case: 'nasty',
      run: (lab) =>
        isUpstreamError(lab, [
          ['choices null', json(`{${envelope},"choices":null}`)],
          ['choices a text', json(`{${envelope},"choices":"none"}`)],
          ['choices an object', json(`{${envelope},"choices":{"0":{}}}`)],
          ['a choice null', json(`{${envelope},"choices":[null]}`)],
          [
            'a choice without a message',
            json(`{${envelope},"choices":[{"index":0,"finish_reason":"stop"}]}`),
          ],
          [
            'a message null',
            json(`{${envelope},"choices":[{"index":0,"message":null,"finish_reason":"stop"}]}`),
          ],
          ['an error in a 200', json('{"error":{"message":"Overloaded","type":"server_error"}}')],
        ]),
    },
    {
      name: 'messages of the wrong shape: content that is no text, tool calls that are no list',
      case: 'nasty',
      run: (lab) =>
        isUpstreamError(
          lab,
          ['"content":5', '"content":{}', '"content":[null]', '"tool_calls":{}', '"tool_calls":[null]'].map(
            (field) => [
              field,
              json(
                `{${envelope},"choices":[{"index":0,"message":{"role":"assistant",${field}},"finish_reason":"stop"}]}`,
              ),
            ],
          ),
        ),
    },
    {
      name: 'an answer to an embedding request without a vector for each text',
      case: 'nasty',
      needs: ['embed'],
      run: (lab) => isUpstreamError(lab, noVectors, embed),
    },
    {
      name: 'such an answer to an embedding request is tried again, and the next one counts',
      case: 'nasty',
      needs: ['embed', 'retry'],
      async run({ check, faults, pipeline }) {
        for (const [what, first] of noVectors) {
          const server = await faults((request) => (request.index === 0 ? first : embedAnswer(request)))
          await embed(pipeline({ server }))
          check.equal(server.journal.length, 2, what)
        }
      },
    },
    {
      name: 'such an answer is tried again, and the next one counts',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        for (const [first, run] of [
          [html, chat],
          [json(`{${envelope},"choices":[]}`), chat],
          [json('{"id'), chat],
          [html, stream],
        ] as const) {
          const good = provider({ text: 'Yes.' })
          const server = await faults((request) => (request.index === 0 ? first : good(request)))
          await run(pipeline({ server }))
          check.equal(server.journal.length, 2, 'requests')
        }
      },
    },
  ],
})
