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
  needs: ['chat', 'stream', 'metrics', 'response-cache'],
  scenarios: [
    {
      name: 'the same fields in another order are the same request, nested objects included',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: {} })
        const one = askCacheable('Hello', {
          response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true } },
        })
        const other = JSON.parse(
          '{"response_format":{"json_schema":{"strict":true,"name":"a"},"type":"json_schema"},"temperature":0,' +
            '"messages":[{"content":"Hello","role":"user"}],"model":"gpt-4o"}',
        ) as ChatRequest
        await made.chat(one)
        check.equal((await made.chat(other)).metrics.cacheStatus, 'hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
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
      async run({ check, faults, pipeline, records }) {
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
        check.equal(records.length, 0, 'records: nothing was a call')
      },
    },
  ],
})
