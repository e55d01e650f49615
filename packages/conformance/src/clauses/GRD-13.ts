import type { GuardrailRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { testPolicy, wordRule } from '../test-policy.ts'

/** A rule that throws at texts with its word, in the words of the text, as rules that parse do. */
function throwingRule(word: string): GuardrailRule {
  return {
    ...wordRule(word),
    find(text) {
      if (text.includes(word)) throw new SyntaxError(`Cannot parse ${text}`)
      return []
    },
  }
}

/** A rule that takes 30 ms over texts with its word. */
function slowRule(word: string): GuardrailRule {
  return {
    ...wordRule(word),
    find(text) {
      const untilMs = performance.now() + 30
      while (text.includes(word) && performance.now() < untilMs);
      return []
    },
  }
}

export const GRD13 = defineClause({
  id: 'GRD-13',
  sentence:
    "A guardrail that throws or passes its time limit follows policy: closed (block) by default, open by option; both are counted. A synchronous rule's time is judged after the fact.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'guardrail-policy', 'typed-errors'],
  scenarios: [
    {
      name: 'a rule that throws blocks the request, by name and without its words, and is counted',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const guardrails = testPolicy([{ rule: throwingRule('XYZZY'), action: 'redact' }])
        const made = pipeline({ server, guardrails })
        const error = await check.rejectsWithCode(made.chat(ask('Say XYZZY')), 'GUARDRAIL_BLOCKED')
        check.match(error.message, /test\.xyzzy.*threw/, 'the rule, and why')
        check.lacks(JSON.stringify([error.message, error.cause ?? null]), 'Say', 'the error')
        check.equal(server.journal.length, 0, 'requests at the provider')
        check.deepEqual([records[0]?.outcome, records[0]?.blockedBy], ['blocked', 'test.xyzzy'], 'the record')
        const { verdicts, losses } = made.metrics.summary()
        check.equal(losses['guardrail_error'], 1, 'failures')
        check.deepEqual(
          verdicts.map(({ ruleId, direction, action, count }) => [ruleId, direction, action, count]),
          [['test.xyzzy', 'input', 'block', 1]],
          'verdicts',
        )
        await made.chat(ask('Say something'))
        check.equal(server.journal.length, 1, 'a request that the rule can judge passes')
      },
    },
    {
      name: 'a rule that fails open lets the text pass, is counted, and its answer is not kept',
      case: 'boundary',
      needs: ['response-cache', 'byte-store'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'It is XYZZY.' }))
        const store = createSpyStore()
        const guardrails = testPolicy([{ rule: throwingRule('XYZZY'), action: 'block', onFailure: 'pass' }])
        const made = pipeline({ server, guardrails, responseCache: { store } })
        const { response, verdicts = [] } = await made.chat(askCacheable('Which word?'))
        check.equal(response.choices[0]?.message.content, 'It is XYZZY.')
        check.deepEqual(
          verdicts.map(({ ruleId, action, failure }) => [ruleId, action, failure]),
          [['test.xyzzy', 'report', 'error']],
          'verdicts',
        )
        check.equal(
          textOf(await readAll(made.stream(askCacheable('Which word?')))),
          'It is XYZZY.',
          'the stream',
        )
        check.equal(made.metrics.summary().losses['guardrail_error'], 2, 'failures')
        check.equal(store.writes, 0, 'answers that were stored')
      },
    },
    {
      name: 'the answer to a request that a rule failed to judge is not kept, and one that it judged is',
      case: 'boundary',
      needs: ['response-cache', 'byte-store'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const guardrails = testPolicy([{ rule: throwingRule('XYZZY'), action: 'block', onFailure: 'pass' }])
        const made = pipeline({ server, guardrails, responseCache: { store } })
        await made.chat(askCacheable('Say XYZZY'))
        await readAll(made.stream(askCacheable('Say XYZZY')))
        check.equal(server.journal.length, 2, 'requests at the provider')
        check.equal(store.writes, 0, 'answers that were stored')
        await made.chat(askCacheable('Say something'))
        await made.chat(askCacheable('Say something'))
        check.equal(server.journal.length, 3, 'requests at the provider')
        check.equal(store.writes, 1, 'answers that were stored')
      },
    },
    {
      name: 'the time of a rule is judged by its own limit: passed it blocks or passes by option, kept it does neither',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const withLimit = (timeLimitMs: number, onFailure: 'block' | 'pass') =>
          pipeline({
            server,
            guardrails: testPolicy([{ rule: slowRule('XYZZY'), action: 'redact', timeLimitMs, onFailure }]),
          })
        const closed = withLimit(5, 'block')
        const error = await check.rejectsWithCode(closed.chat(ask('Say XYZZY')), 'GUARDRAIL_BLOCKED')
        check.match(error.message, /test\.xyzzy.*time limit/, 'the rule, and why')
        check.equal(closed.metrics.summary().losses['guardrail_timeout'], 1, 'failures')
        check.equal(server.journal.length, 0, 'requests at the provider')
        const open = withLimit(5, 'pass')
        await open.chat(ask('Say XYZZY'))
        check.equal(open.metrics.summary().losses['guardrail_timeout'], 1, 'failures')
        const patient = withLimit(20_000, 'block')
        await patient.chat(ask('Say XYZZY'))
        check.equal(patient.metrics.summary().losses['guardrail_timeout'], undefined, 'failures')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'a rule that throws in the middle of a stream ends it before what it could not judge, and is not taken for the network',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ pieces: ['It is ', 'XY', 'ZZY', ', of course'] }))
        const guardrails = testPolicy([{ rule: throwingRule('XYZZY'), action: 'redact' }])
        let seen = ''
        const reading = (async () => {
          for await (const chunk of pipeline({ server, guardrails }).stream(ask('Which word?')))
            seen += textOf([chunk])
        })()
        const error = await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED')
        check.equal(error.retryable, false, 'retryable')
        check.equal(seen, 'It is ', 'what was released')
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual([records[0]?.outcome, records[0]?.blockedBy], ['blocked', 'test.xyzzy'], 'the record')
      },
    },
  ],
})
