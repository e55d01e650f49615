import { defineClause } from '../clause.ts'
import { labApiKey, readAll, type LogEvent } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { errorAnswer, lastText, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 100 }
const costUsd = (1000 * 2.5 + 100 * 10) / 1e6
const labels = { endpoint: '/answer', promptVersion: 'v7', tenant: 'acme' }

/** The events of calls, whichever of its two places an entrant writes the name to. */
function callEvents(events: readonly LogEvent[]): Record<string, unknown>[] {
  return events
    .filter(({ event, message }) => event['event'] === 'llm_call' || message === 'llm_call')
    .map(({ event }) => event)
}

const fields = [
  'model',
  'input_tokens',
  'output_tokens',
  'latency_ms',
  'cost_usd',
  'prompt_version',
  'endpoint',
  'success',
] as const

function pick(event: Record<string, unknown> | undefined): unknown[] {
  return fields.map((field) => event?.[field])
}

export const MET17 = defineClause({
  id: 'MET-17',
  sentence:
    'Every call emits one structured log event `llm_call` with model, input_tokens, output_tokens, latency_ms, cost_usd, prompt_version, endpoint, success; prompts and answers are not in it unless asked for.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: [
    'chat',
    'stream',
    'embed',
    'metrics',
    'cost',
    'logger',
    'clock',
    'response-cache',
    'guardrail-policy',
  ],
  scenarios: [
    {
      name: 'a call, a stream and an embedding each leave one event with its figures',
      case: 'ordinary',
      async run({ check, clock, faults, logger, pipeline }) {
        const server = await faults((request) => ({
          ...provider({ text: 'Yes.', usage }, { tokens: () => 1000 })(request),
          before: [{ gate: `call ${request.index}` }],
        }))
        const made = pipeline({ server })
        const model = 'text-embedding-3-small'
        const calls = [
          () => made.chat(ask('One'), labels),
          () => readAll(made.stream(ask('Two'), labels)),
          () => made.embed({ model, input: 'Three' }, labels),
        ]
        for (const [index, call] of calls.entries()) {
          const answer = call()
          await server.reached(`call ${index}`)
          clock.advance(250)
          server.release(`call ${index}`)
          await answer
        }
        check.deepEqual(callEvents(logger.events).map(pick), [
          ['gpt-4o', 1000, 100, 250, costUsd, 'v7', '/answer', true],
          ['gpt-4o', 1000, 100, 250, costUsd, 'v7', '/answer', true],
          [model, 1000, 0, 250, 0.000_02, 'v7', '/answer', true],
        ])
      },
    },
    {
      name: 'hits, failures, blocked and abandoned calls leave one event each, with the same fields',
      case: 'boundary',
      async run({ check, faults, logger, pipeline, records }) {
        const server = await faults((request) => {
          const text = lastText(request)
          if (text === 'fail') return errorAnswer(400)
          return provider(
            text === 'stall'
              ? { text: 'so far', usage, beforeFinish: [{ stall: true }] }
              : { text: 'Yes.', usage },
          )(request)
        })
        const made = pipeline({ server, responseCache: {}, guardrails: wordPolicy('XYZZY', 'block') })
        await made.chat(askCacheable('kept'))
        await made.chat(askCacheable('kept'))
        await check.rejectsWithCode(made.chat(ask('fail')), 'INVALID_REQUEST')
        await check.rejectsWithCode(made.chat(ask('XYZZY')), 'GUARDRAIL_BLOCKED')
        for await (const chunk of made.stream(ask('stall'))) if (chunk.choices[0]?.delta.content) break
        await server.ended(await server.received(3))
        const events = callEvents(logger.events)
        check.deepEqual(
          events.map(({ success, cost_usd: cost }) => [success, typeof cost]),
          [true, true, false, false, false].map((success) => [success, 'number']),
          'success and cost of each event',
        )
        check.deepEqual(
          [events[0]?.['cost_usd'], events[1]?.['cost_usd'], events[3]?.['cost_usd']],
          [costUsd, 0, 0],
          'a miss costs; a hit and a blocked call do not',
        )
        for (const event of events)
          check.deepEqual(Object.keys(event), Object.keys(events[0] ?? {}), 'fields of each event')
        check.equal(events.length, records.length, 'one event for each record')
        check.deepEqual(
          pick(events[0]).map((value) => value === undefined),
          fields.map(() => false),
          'labels that a call does not carry are there, as null',
        )
      },
    },
    {
      name: 'no prompt, answer, tool argument, error text of the provider or key is in any event',
      case: 'nasty',
      async run({ check, faults, logger, pipeline }) {
        const server = await faults((request) => {
          const text = request.path.endsWith('/embeddings') ? '' : lastText(request)
          if (text.includes('fail')) return errorAnswer(400, { message: `No such thing: ${text} ERRORWORD` })
          return provider({
            text: 'ANSWERWORD and more',
            toolCalls: [
              { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":"ARGWORD"}' } },
            ],
          })(request)
        })
        const made = pipeline({ server, responseCache: {} })
        const messages = [
          { role: 'system', content: 'SYSTEMWORD' },
          { role: 'user', content: 'PROMPTWORD' },
        ] as const
        const request = { model: 'gpt-4o', messages: [...messages], temperature: 0, user: 'USERWORD' }
        await made.chat(request)
        await made.chat(request)
        await readAll(made.stream({ ...request, temperature: 1 }))
        await check.rejectsWithCode(made.chat(ask('PROMPTWORD fail')), 'INVALID_REQUEST')
        await made.embed({ model: 'text-embedding-3-small', input: 'PROMPTWORD' })
        const told = JSON.stringify(logger.events)
        check.equal(callEvents(logger.events).length, 5, 'events')
        for (const word of [
          'PROMPTWORD',
          'SYSTEMWORD',
          'ANSWERWORD',
          'ARGWORD',
          'ERRORWORD',
          'USERWORD',
          labApiKey,
        ])
          check.lacks(told, word, word)
      },
    },
  ],
})
