import type { ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** What a caller without types can pass, and JSON cannot carry. */
const unsendable: [string, unknown][] = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a Map', new Map([['a', 1]])],
  ['a function', () => 1],
  ['a bigint', 1n],
  ['a Date', new Date(0)],
  ['a symbol', Symbol('s')],
]

export const CAC03 = defineClause({
  id: 'CAC-03',
  sentence: 'Key order in the JSON does not matter; NaN, Map, functions and bigint are refused by name.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'the same fields in another order are the same request, nested objects included',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        // An entrant may parse what it has asked to be JSON.
        const server = await faults(provider({ text: '{"answer":"Yes."}' }))
        const made = pipeline({ server, responseCache: {} })
        const one = askCacheable('Hello', {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'a', strict: true, schema: { type: 'object' } },
          },
        })
        const other = JSON.parse(
          '{"response_format":{"json_schema":{"schema":{"type":"object"},"strict":true,"name":"a"},"type":"json_schema"},"temperature":0,' +
            '"messages":[{"content":"Hello","role":"user"}],"model":"gpt-4o"}',
        ) as ChatRequest
        const first = await made.chat(one)
        const second = await made.chat(other)
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(second.response.choices, first.response.choices, 'the answers')
      },
    },
    {
      name: 'the order of a list does matter',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: {} })
        for (const stop of [
          ['a', 'b'],
          ['b', 'a'],
        ])
          await made.chat(askCacheable('Hello', { stop }))
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'what JSON cannot carry is refused with its path, whole and streamed, and nobody is called',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: {} })
        for (const [name, value] of unsendable) {
          const top = askCacheable('Hello', { odd: value })
          const error = await check.rejectsWithCode(made.chat(top), 'INVALID_REQUEST', name)
          check.match(error.message, /\bodd\b/, `the message for ${name} names the field`)
          const deep = askCacheable('Hello', { metadata: { list: [{ odd: value }] } })
          const read = async (): Promise<unknown> => readAll(made.stream(deep))
          const nested = await check.rejectsWithCode(
            read(),
            'INVALID_REQUEST',
            `${name}, nested and streamed`,
          )
          check.ok(nested.message.includes('metadata.list[0].odd'), `the message for ${name} gives the path`)
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'what JSON cannot carry is no call, and leaves no record',
      case: 'nasty',
      needs: ['metrics'],
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: {} })
        for (const [, value] of unsendable) {
          await made.chat(askCacheable('Hello', { odd: value })).catch(() => {})
        }
        check.equal(records.length, 0, 'records')
      },
    },
  ],
})
