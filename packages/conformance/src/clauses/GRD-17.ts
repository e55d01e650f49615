import { customRule, defineGuardrails, type CheckSubject, type GuardrailCheck } from '@plumbline/core'
import { jsonSchemaCheck } from '@plumbline/core/json-schema'
import { patternRule } from '@plumbline/core/pattern'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { errorAnswer, lastText, provider } from '../servers/provider.ts'
import { wordRule } from '../test-policy.ts'

/** Staff numbers whose digits add up to a multiple of ten: what a function can tell and a pattern cannot. */
const staffNumber = customRule({
  id: 'acme.staff',
  version: '1',
  reach: 9,
  context: 1,
  find: (text, _place, from) =>
    [...text.matchAll(/\bEMP-(\d{5})\b/g)]
      .filter(
        ({ index, 1: digits = '' }) =>
          index >= from && [...digits].reduce((sum, digit) => sum + Number(digit), 0) % 10 === 0,
      )
      .map(({ index, 0: match }) => ({ type: 'staff', start: index, end: index + match.length })),
})

/** A check that asks an endpoint, which flags texts with the word "vile". */
function moderation(baseUrl: string): GuardrailCheck {
  return {
    id: 'acme.moderation',
    family: 'moderation',
    directions: ['input', 'output'],
    version: '1',
    async check({ texts }: CheckSubject, signal) {
      const body = JSON.stringify({ input: texts.map(({ text }) => text) })
      const response = await fetch(`${baseUrl}/moderations`, { method: 'POST', body, signal })
      if (!response.ok) throw new Error(`The endpoint answered ${response.status} for ${body}`)
      const { results } = (await response.json()) as { results: { flagged: boolean }[] }
      return texts.flatMap(({ path }, index) =>
        results[index]?.flagged ? [{ type: 'flagged', path, score: 0.9 }] : [],
      )
    },
  }
}

/** What the endpoint says of the texts that it was sent. */
function judge(request: { body: unknown }): { steps: { text: string }[] } {
  const { input } = request.body as { input: string[] }
  return {
    steps: [{ text: JSON.stringify({ results: input.map((text) => ({ flagged: text.includes('vile') })) }) }],
  }
}

export const GRD17 = defineClause({
  id: 'GRD-17',
  sentence:
    'Custom rules (function, pattern, model-based such as a moderation endpoint) join the same policy, with their own time limit; user-supplied patterns run on a linear-time engine.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'guardrail-policy', 'clock', 'typed-errors'],
  scenarios: [
    {
      name: 'a function and a pattern redact beside a shipped rule, whole and streamed in single characters alike',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const text = 'EMP-00019 and EMP-00018 read TICKET-4711 of XYZZY.'
        const server = await faults(provider({ text, pieces: [...text] }))
        const ticket = await patternRule({
          id: 'acme.ticket',
          pattern: String.raw`\bTICKET-\d{4}\b`,
          type: 'ticket',
          reach: 11,
        })
        const guardrails = defineGuardrails({
          rules: [staffNumber, ticket, wordRule('XYZZY')].map((rule) => ({ rule, action: 'redact' })),
        })
        const made = pipeline({ server, guardrails })
        const expected = '[STAFF] and EMP-00018 read [TICKET] of [TEST_WORD].'
        const { response, verdicts } = await made.chat(ask(text))
        check.equal(response.choices[0]?.message.content, expected)
        check.equal(lastText(server.journal[0] ?? ({ body: '' } as never)), expected, 'what was sent')
        check.deepEqual(
          verdicts
            .filter(({ direction }) => direction === 'output')
            .map(({ ruleId, count }) => [ruleId, count]),
          [
            ['acme.staff', 1],
            ['acme.ticket', 1],
            ['test.xyzzy', 1],
          ],
        )
        check.equal(textOf(await readAll(made.stream(ask(text)))), expected, 'the stream')
      },
    },
    {
      name: 'an endpoint judges request, answer and stream, sees what rules have redacted, and is counted',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `You: ${lastText(request)}` })))
        const echo = await faults(provider({ text: 'A vile answer.' }))
        const endpoint = await faults(judge)
        const guardrails = defineGuardrails({
          rules: [{ rule: wordRule('XYZZY'), action: 'redact' }],
          checks: [{ check: moderation(endpoint.baseUrl), action: 'block' }],
        })
        const made = pipeline({ server, guardrails })
        await made.chat(ask('A kind XYZZY'))
        check.lacks(
          JSON.stringify(endpoint.journal.map(({ body }) => body)),
          'XYZZY',
          'what the endpoint saw',
        )
        check.equal(endpoint.journal.length, 2, 'it is asked once for the request and once for the answer')
        const error = await check.rejectsWithCode(made.chat(ask('A vile word')), 'GUARDRAIL_BLOCKED')
        check.match(error.message, /acme\.moderation.*messages\[0\]\.content/)
        check.lacks(error.message, 'vile')
        check.equal(server.journal.length, 1, 'requests at the provider')
        const answered = pipeline({ server: echo, guardrails })
        await check.rejectsWithCode(answered.chat(ask('Hello')), 'GUARDRAIL_BLOCKED', 'the answer')
        await check.rejectsWithCode(readAll(answered.stream(ask('Hello'))), 'GUARDRAIL_BLOCKED', 'the stream')
        check.deepEqual(
          answered.metrics
            .summary()
            .verdicts.map(({ ruleId, direction, count }) => [ruleId, direction, count]),
          [['acme.moderation', 'output', 2]],
        )
      },
    },
    {
      name: 'an endpoint that fails or is silent past its own limit follows its policy: closed, or open and counted, and not kept',
      case: 'boundary',
      needs: ['response-cache', 'byte-store'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const broken = await faults([errorAnswer(500)])
        const policy = (baseUrl: string, onFailure: 'block' | 'pass', directions: ('input' | 'output')[]) =>
          defineGuardrails({
            rules: [],
            checks: [
              { check: moderation(baseUrl), action: 'block', onFailure, timeLimitMs: 300, directions },
            ],
          })
        const closed = pipeline({ server, guardrails: policy(broken.baseUrl, 'block', ['input']) })
        const error = await check.rejectsWithCode(closed.chat(ask('Secret plan')), 'GUARDRAIL_BLOCKED')
        check.match(error.message, /acme\.moderation.*threw/)
        check.lacks(JSON.stringify([error.message, String(error.cause)]), 'Secret plan')
        check.equal(server.journal.length, 0, 'requests at the provider')

        const store = createSpyStore()
        const open = pipeline({
          server,
          guardrails: policy(broken.baseUrl, 'pass', ['output']),
          responseCache: { store },
        })
        await open.chat(askCacheable('Hello'))
        check.equal(open.metrics.summary().losses['guardrail_error'], 1, 'failures')
        check.equal(store.writes, 0, 'answers that were stored')

        const silent = await faults([{ steps: [{ stall: true }] }])
        const late = pipeline({ server, guardrails: policy(silent.baseUrl, 'block', ['input']) })
        const waiting = check.rejectsWithCode(
          late.chat(ask('Hello')),
          'GUARDRAIL_BLOCKED',
          'the silent endpoint',
        )
        const exchange = await silent.received(1)
        clock.advance(301)
        check.match((await waiting).message, /time limit/)
        check.equal(
          (await silent.ended(exchange)).ended?.by,
          'client',
          'who ended the request to the endpoint',
        )
        check.equal(late.metrics.summary().losses['guardrail_timeout'], 1, 'failures')
      },
    },
    {
      name: 'a pattern that is exponential elsewhere is linear, in a JSON schema too, a wrong one is refused, and a caller who leaves does not wait for an endpoint',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const evil = await patternRule({ id: 'acme.evil', pattern: '(a+)+$', reach: 64 })
        const made = pipeline({
          server,
          guardrails: defineGuardrails({ rules: [{ rule: evil, action: 'report' }] }),
        })
        const startMs = process.cpuUsage().user
        await made.chat(ask(`${'a'.repeat(32_000)}!`))
        check.between((process.cpuUsage().user - startMs) / 1000, 0, 5_000, 'ms of CPU for 32,000 characters')

        for (const pattern of ['(unclosed', '(?=look)ahead', '(a)\\1']) {
          const schema = { type: 'object', properties: { a: { pattern } } }
          for (const making of [patternRule({ id: 'acme.bad', pattern }), jsonSchemaCheck({ schema })]) {
            const refused = await making.then(
              () => undefined,
              (error: unknown) => error,
            )
            check.ok(refused instanceof SyntaxError, `${pattern} is refused`)
          }
        }

        const answer = JSON.stringify({ a: `${'a'.repeat(32_000)}!` })
        const schema = { type: 'object', properties: { a: { pattern: '^(a+)+$' } } }
        const judged = pipeline({
          server: await faults(provider({ text: answer })),
          guardrails: defineGuardrails({
            rules: [],
            checks: [{ check: await jsonSchemaCheck({ schema }), action: 'block' }],
          }),
        })
        const judgeStartMs = process.cpuUsage().user
        const error = await check.rejectsWithCode(judged.chat(ask('Go')), 'GUARDRAIL_BLOCKED')
        check.match(error.message, /schema_pattern.*#\/a/)
        check.between((process.cpuUsage().user - judgeStartMs) / 1000, 0, 5_000, 'ms of CPU for a schema')

        const silent = await faults([{ steps: [{ stall: true }] }])
        const controller = new AbortController()
        const left = pipeline({
          server,
          guardrails: defineGuardrails({
            rules: [],
            checks: [{ check: moderation(silent.baseUrl), action: 'block' }],
          }),
        })
        const waiting = check.rejectsWithCode(
          left.chat(ask('Hello'), { signal: controller.signal }),
          'CANCELLED',
        )
        const exchange = await silent.received(1)
        controller.abort()
        await waiting
        check.equal(
          (await silent.ended(exchange)).ended?.by,
          'client',
          'who ended the request to the endpoint',
        )
      },
    },
  ],
})
