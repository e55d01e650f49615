import type { CallContext, LLMCallMetrics } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { chatAnswer, chatBody, errorAnswer, lastText, provider } from '../servers/provider.ts'

const atOnce = 64
const numbers = Array.from({ length: atOnce }, (_, number) => number)

/** Labels that only call `number` has. */
function labelsOf(number: number): CallContext {
  return { tenant: `tenant ${number}`, endpoint: `endpoint ${number}`, promptVersion: `v${number}` }
}

/** What a record says of whose call it was, as one line. */
function lineOf({ tenant, endpoint, promptVersion }: LLMCallMetrics): string {
  return `${tenant}, ${endpoint}, ${promptVersion}`
}

const everyLine = numbers.map((number) => `tenant ${number}, endpoint ${number}, v${number}`).toSorted()

export const MET16 = defineClause({
  id: 'MET-16',
  sentence:
    '64 concurrent calls are each attributed to their own labels (LangChain: handlers awaited, no shared state).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'metrics'],
  scenarios: [
    {
      name: 'of 64 calls that are open together each has its record when it returns, with its own labels and tokens',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider((request) => ({
            text: 'Yes.',
            usage: { prompt_tokens: 1000 + Number(lastText(request)) },
            beforeFirst: [{ gate: 'all' }],
          })),
        )
        const made = pipeline({ server })
        const unrecorded: number[] = []
        const calls = numbers.map(async (number) => {
          await made.chat(ask(`${number}`), labelsOf(number))
          // Not a moment later: who bills by the record, or shows it beside the answer, would miss it.
          if (!records.some(({ tenant }) => tenant === `tenant ${number}`)) unrecorded.push(number)
        })
        await server.received(atOnce)
        server.release('all')
        await Promise.all(calls)
        check.deepEqual(unrecorded, [], 'calls that returned before they were recorded')
        check.equal(records.length, atOnce, 'records')
        check.deepEqual(records.map(lineOf).toSorted(), everyLine, 'labels')
        for (const record of records) {
          check.equal(record.tenant, `tenant ${record.inputTokens - 1000}`, `tenant of ${lineOf(record)}`)
        }
      },
    },
    {
      name: 'answers that come in the opposite order do not change hands, and neither do models',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider((request) => ({
            text: 'Yes.',
            usage: { prompt_tokens: 1000 + Number(lastText(request)) },
            beforeFirst: [{ gate: lastText(request) }],
          })),
        )
        const made = pipeline({ server })
        const calls = numbers.map((number) =>
          made.chat(
            ask(`${number}`, { model: number % 2 === 0 ? 'gpt-4o' : 'gpt-4o-mini' }),
            labelsOf(number),
          ),
        )
        await server.received(atOnce)
        for (const number of numbers.toReversed()) {
          server.release(`${number}`)
          await calls[number]
        }
        check.deepEqual(
          records.map(({ tenant, model, inputTokens }) => `${tenant}, ${model}, ${inputTokens}`),
          numbers
            .toReversed()
            .map((number) => `tenant ${number}, gpt-4o${number % 2 === 0 ? '' : '-mini'}, ${1000 + number}`),
        )
      },
    },
    {
      name: 'of 64 identical requests every third fails, and each failure is recorded for the one who had it',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        // Nothing but the labels tells these calls apart: the server answers by the order of arrival.
        const server = await faults((request): Answer => {
          const answer =
            request.index % 3 === 0
              ? errorAnswer(400, { type: 'invalid_request_error' })
              : chatAnswer(request, { text: 'Yes.' })
          return { ...answer, before: [{ gate: 'all' }] }
        })
        const made = pipeline({ server })
        const calls = numbers.map((number) => made.chat(ask('The same'), labelsOf(number)))
        await server.received(atOnce)
        server.release('all')
        const settled = await Promise.allSettled(calls)
        check.equal(settled.filter(({ status }) => status === 'rejected').length, 22, 'calls that failed')
        check.deepEqual(records.map(lineOf).toSorted(), everyLine, 'labels')
        const succeeded = new Map(records.map(({ tenant, success }) => [tenant, success]))
        for (const [number, { status }] of settled.entries()) {
          check.equal(succeeded.get(`tenant ${number}`), status === 'fulfilled', `success of call ${number}`)
        }
      },
    },
    {
      name: 'a caller that fills in one context again and again has each call under what it said then',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) => ({
          ...chatAnswer(request, { text: 'Yes.' }),
          before: [{ gate: 'all' }],
        }))
        const made = pipeline({ server })
        const context: CallContext = {}
        const calls = numbers.map((number) =>
          made.chat(ask(`${number}`), Object.assign(context, labelsOf(number))),
        )
        await server.received(atOnce)
        Object.assign(context, { tenant: 'after', endpoint: 'after', promptVersion: 'after' })
        server.release('all')
        await Promise.all(calls)
        check.deepEqual(records.map(lineOf).toSorted(), everyLine, 'labels')
        const asked = server.journal.map((request) => chatBody(request).messages[0]?.content)
        check.equal(new Set(asked).size, atOnce, 'requests at the provider')
      },
    },
  ],
})
