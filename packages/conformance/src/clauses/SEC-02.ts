import type { ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import { chatAnswer, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]
const names = ['__proto__', 'constructor', 'prototype'] as const

type Descriptors = Record<PropertyKey, PropertyDescriptor>

/** Runs `work`, and fails where it has changed what every object inherits from. Puts it back as it was: other scenarios follow. */
async function isUnpolluted({ check }: Lab, work: () => Promise<void>): Promise<void> {
  const before = prototypes.map((prototype) => Object.getOwnPropertyDescriptors(prototype) as Descriptors)
  const changed: string[] = []
  try {
    await work()
  } finally {
    for (const [index, prototype] of prototypes.entries()) {
      const was = before[index] ?? {}
      for (const key of Reflect.ownKeys(prototype)) {
        const now = Object.getOwnPropertyDescriptor(prototype, key)
        if (was[key] !== undefined && was[key].value === now?.value && was[key].get === now?.get) continue
        changed.push(String(key))
        if (was[key] === undefined) Reflect.deleteProperty(prototype, key)
        else Object.defineProperty(prototype, key, was[key])
      }
    }
  }
  check.deepEqual(changed, [], 'what every object inherits')
}

/** What a call resolves with; undefined when the request or the answer is refused by type, which pollutes nothing either. */
async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'INVALID_REQUEST' || code === 'UPSTREAM') return undefined
    throw error
  })
}

/** An object that has these names as fields of its own, as `JSON.parse` makes it and no literal can. */
function poisoned<T>(fields: T): T {
  const poison = names.map((name) => `"${name}":{"polluted":"yes","isAdmin":true}`).join(',')
  const text = JSON.stringify(fields)
  return JSON.parse(`${text.slice(0, -1)}${text === '{}' ? '' : ','}${poison}}`) as T
}

/** An object, and everything in it, inherits from what its like does: nobody has become an administrator. */
function isOrdinary({ check }: Lab, value: unknown, path = 'the answer'): void {
  if (typeof value !== 'object' || value === null) return
  const prototype: unknown = Object.getPrototypeOf(value)
  check.ok(
    prototype === null || prototype === (Array.isArray(value) ? Array.prototype : Object.prototype),
    `${path} must inherit from nothing else`,
  )
  for (const [name, field] of Object.entries(value)) isOrdinary({ check } as Lab, field, `${path}.${name}`)
}

/** The chunks of an answer with more in each delta, and in each choice. */
function withEach(
  answer: Answer,
  change: (choice: Record<string, unknown>) => Record<string, unknown>,
): Answer {
  const steps = answer.steps.map((step): Step => {
    if (!('event' in step)) return step
    const event = step.event as { choices: Record<string, unknown>[] }
    return { event: { ...event, choices: event.choices.map(change) } }
  })
  return { ...answer, steps }
}

export const SEC02 = defineClause({
  id: 'SEC-02',
  sentence: '`__proto__`, `constructor` and `prototype` as keys anywhere pollute nothing.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'in a request: the top, a message, metadata, a tool’s schema and its arguments',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({
          server,
          responseCache: { store: createSpyStore() },
          guardrails: wordPolicy('XYZZY', 'redact'),
        })
        const call = { name: 'look', arguments: JSON.stringify(poisoned({ word: 'XYZZY' })) }
        const request: ChatRequest = poisoned(
          askCacheable('', {
            messages: [
              poisoned({ role: 'user' as const, content: 'Say XYZZY' }),
              poisoned({
                role: 'assistant' as const,
                content: null,
                tool_calls: [poisoned({ id: 'c1', type: 'function', function: call })],
              }),
              { role: 'tool', tool_call_id: 'c1', content: JSON.stringify(poisoned({ found: 'XYZZY' })) },
            ],
            metadata: poisoned({}),
            tools: [
              { type: 'function', function: { name: 'look', parameters: poisoned({ type: 'object' }) } },
            ],
          }),
        )
        await isUnpolluted(lab, async () => {
          for (let time = 0; time < 2; time++) {
            const answered = await unlessRefused(made.chat(request))
            if (answered) check.equal(answered.response.choices[0]?.message.content, 'Yes.', 'the answer')
            isOrdinary(lab, answered?.response)
            await unlessRefused(readAll(made.stream({ ...request, seed: time })))
          }
        })
      },
    },
    {
      name: 'in an answer: the top, a choice, its message, its usage',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const good = provider({ text: 'Yes.' })
        const server = await faults((request) => {
          const answer = good(request)
          const [step] = answer.steps
          const body = JSON.parse(step && 'text' in step ? step.text : '{}') as {
            choices: { message: object }[]
            usage: object
          }
          const choices = body.choices.map((choice) =>
            poisoned({ ...choice, message: poisoned(choice.message) }),
          )
          return {
            steps: [{ text: JSON.stringify(poisoned({ ...body, choices, usage: poisoned(body.usage) })) }],
          }
        })
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        await isUnpolluted(lab, async () => {
          for (let time = 0; time < 2; time++) {
            const answered = await unlessRefused(made.chat(askCacheable('Hello')))
            isOrdinary(lab, answered?.response)
            if (answered) check.equal(answered.response.choices[0]?.message.content, 'Yes.', 'the answer')
          }
        })
      },
    },
    {
      name: 'in the deltas of a stream, beside and below what is joined',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults((request) =>
          withEach(chatAnswer(request, { text: 'Two words', usage: false }), (choice) =>
            poisoned({
              ...choice,
              delta: poisoned(choice['delta']),
              logprobs: poisoned({ content: [] }),
            }),
          ),
        )
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        await isUnpolluted(lab, async () => {
          for (let time = 0; time < 2; time++) {
            const stream = made.stream(askCacheable('Hello'))
            isOrdinary(lab, await unlessRefused(readAll(stream)), 'the chunks')
            // An entrant without a joined result has nothing to look at.
            const result = await unlessRefused(Promise.resolve(stream.result))
            isOrdinary(lab, result?.response, 'the joined answer')
          }
          check.ok(true, 'both were read')
        })
      },
    },
    {
      name: 'as the index of a choice or of a tool call',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const toolCall = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }
        for (const place of ['choice', 'call']) {
          for (const name of [...names, 'length', '-1', 1e9, 0.5, null]) {
            const server = await faults((request) =>
              withEach(chatAnswer(request, { toolCalls: [toolCall], usage: false }), (choice) => {
                if (place === 'choice') return { ...choice, index: name }
                const { tool_calls: calls, ...delta } = choice['delta'] as { tool_calls?: object[] }
                const moved = calls?.map((call) => ({ ...call, index: name }))
                return { ...choice, delta: { ...delta, ...(moved ? { tool_calls: moved } : {}) } }
              }),
            )
            const made = pipeline({ server, retry: { maxRetries: 0 } })
            await isUnpolluted(lab, async () => {
              const stream = made.stream(ask('Hello'))
              // Read or refused: either will do.
              await readAll(stream).catch(() => {})
              await Promise.resolve(stream.result).catch(() => {})
            })
          }
        }
        check.equal(({} as Record<string, unknown>)['polluted'], undefined, 'a field of an empty object')
      },
    },
    {
      name: 'as a model, a tenant, an endpoint and a prompt version: labels and prices are their own',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline, records } = lab
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        const labels = [...names, 'toString', 'hasOwnProperty', 'valueOf']
        await isUnpolluted(lab, async () => {
          for (const label of labels) {
            const { response } = await made.chat(askCacheable('Hello', { model: label }), {
              tenant: label,
              endpoint: label,
              promptVersion: label,
            })
            check.equal(response.choices[0]?.message.content, 'Yes.', `the answer of the model ${label}`)
          }
        })
        // An entrant without metrics has no records.
        for (const record of records) {
          const {
            costNanoUsd,
            wouldHaveCostNanoUsd: _,
            ...rest
          } = record as typeof record & {
            wouldHaveCostNanoUsd?: number
          }
          check.ok(costNanoUsd === undefined || costNanoUsd >= 0, `the cost of the model ${rest.model}`)
        }
        if (records.length > 0)
          check.deepEqual(
            records.map(({ model, tenant }) => [model, tenant]),
            labels.map((label) => [label, label]),
            'the labels of the records',
          )
      },
    },
  ],
})
