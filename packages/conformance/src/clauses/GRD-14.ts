import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { testPolicy, wordPolicy, wordRule } from '../test-policy.ts'

export const GRD14 = defineClause({
  id: 'GRD-14',
  sentence: '`report` mode records what would have happened and changes nothing.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'guardrail-policy', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'request, answer and record are as without it, and the verdicts say what was found on both ways',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'It is XYZZY.' }))
        const request = ask('Is it XYZZY?')
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'report') })
        const { response, verdicts = [] } = await made.chat(request)
        const plain = await pipeline({ server }).chat(request)
        check.deepEqual(response, plain.response, 'the answer')
        check.deepEqual(server.journal[0]?.body, server.journal[1]?.body, 'what was sent')
        check.deepEqual([records[0]?.outcome, records[0]?.success], ['success', true], 'the record')
        check.deepEqual(
          verdicts.map(({ ruleId, direction, action, count }) => [ruleId, direction, action, count]),
          [
            ['test.xyzzy', 'input', 'report', 1],
            ['test.xyzzy', 'output', 'report', 1],
          ],
          'verdicts',
        )
      },
    },
    {
      name: 'a rule that reports leaves a rule that redacts alone, in the same text',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'XYZZY, PLUGH and XYZZY.' }))
        const guardrails = testPolicy([
          { rule: wordRule('XYZZY'), action: 'report' },
          { rule: wordRule('PLUGH'), action: 'redact' },
        ])
        const { response, verdicts = [] } = await pipeline({ server, guardrails }).chat(ask('Which?'))
        check.equal(response.choices[0]?.message.content, 'XYZZY, [TEST_WORD] and XYZZY.')
        check.deepEqual(
          verdicts.map(({ ruleId, action, count }) => [ruleId, action, count]),
          [
            ['test.xyzzy', 'report', 2],
            ['test.plugh', 'redact', 1],
          ],
        )
      },
    },
    {
      name: 'a stream is cut where the provider cut it, inside the word too, its verdict is that of the whole, and it is kept',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const pieces = ['It is XY', 'ZZY', ' or XYZ', '.']
        const server = await faults(provider({ pieces, text: pieces.join('') }))
        const store = createSpyStore()
        const guardrails = wordPolicy('XYZZY', 'report')
        const made = pipeline({ server, guardrails, responseCache: { store } })
        const stream = made.stream(askCacheable('Which word?'))
        const texts = (await readAll(stream)).map((chunk) => textOf([chunk])).filter((text) => text !== '')
        check.deepEqual(texts, pieces, 'the pieces')
        const { verdicts = [] } = await stream.result
        const whole = await pipeline({ server, guardrails }).chat(ask('Which word?'))
        check.equal(verdicts.length, 1, 'verdicts')
        check.deepEqual(verdicts, whole.verdicts, 'verdicts')
        check.equal(store.writes, 1, 'answers that were stored')
      },
    },
  ],
})
