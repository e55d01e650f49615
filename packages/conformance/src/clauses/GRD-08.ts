import { defineGuardrails, topicsRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'

const terms = ['Café Müller', 'aspirin', 'C++', '東京', 'Straßenbahn', 'new deal']
const block = defineGuardrails({
  rules: [{ rule: topicsRule({ id: 'topic.test', terms }), action: 'block' }],
})

export const GRD08 = defineClause({
  id: 'GRD-08',
  sentence:
    'Blocked topics and terms are matched whole-word, case- and accent-insensitively, thousands at once.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'guardrail-policy'],
  scenarios: [
    {
      name: 'a term is blocked in any case, with and without its accents, over a line break, and named by rule alone',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: block })
        for (const text of [
          'Meet me at the CAFE MULLER tonight',
          'Cafe\u0301\nMu\u0308ller?',
          'Is Aspirin, the brand, safe?',
          'I write c++.',
          'STRASSENBAHN',
          'この東京です',
        ]) {
          const { message } = await check.rejectsWithCode(made.chat(ask(text)), 'GUARDRAIL_BLOCKED', text)
          check.match(message, /topic\.test/, 'the rule')
          check.lacks(message.toLowerCase(), 'aspirin', 'the message')
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'a part of a longer word, and half of a phrase, are sent',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: block })
        const harmless = [
          'aspirins',
          'my_aspirin',
          'renew dealers',
          'A new idea, a deal.',
          'Café Müllerin',
          'C+ and C#',
        ]
        for (const text of harmless) await made.chat(ask(text))
        check.deepEqual(server.journal.map(lastText), harmless, 'what was sent')
      },
    },
    {
      name: 'thousands of terms are told apart, in questions and in answers',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const many = Array.from({ length: 5000 }, (_none, index) => `product ${index}`)
        const rule = topicsRule({ id: 'topic.many', terms: many })
        const guardrails = defineGuardrails({ rules: [{ rule, action: 'redact' }] })
        const server = await faults(provider((request) => ({ text: `${lastText(request)} Product 4998?` })))
        const { response } = await pipeline({ server, guardrails }).chat(
          ask('Compare PRODUCT 0, product 4999 and product 5000.'),
        )
        const sent = 'Compare [TERM], [TERM] and product 5000.'
        check.deepEqual(server.journal.map(lastText), [sent], 'what was sent')
        check.equal(response.choices[0]?.message.content, `${sent} [TERM]?`, 'the answer')
      },
    },
    {
      name: 'a term that a stream cuts anywhere never leaves, and words that only begin like one do',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const rule = topicsRule({ id: 'topic.test', terms })
        const guardrails = defineGuardrails({ rules: [{ rule, action: 'redact' }] })
        const text = 'A new dealer, a NEW\u00a0DEAL. Cafe\u0301 Mu\u0308ller; cafe Mull; aspirin'
        const server = await faults(
          provider({ pieces: Array.from({ length: text.length }, (_none, at) => text.charAt(at)) }),
        )
        const seen = textOf(await readAll(pipeline({ server, guardrails }).stream(ask('Go'))))
        check.equal(seen, 'A new dealer, a [TERM]. [TERM]; cafe Mull; [TERM]', 'the stream')
        await check.rejectsWithCode(
          readAll(pipeline({ server, guardrails: block }).stream(ask('Go'))),
          'GUARDRAIL_BLOCKED',
        )
      },
    },
  ],
})
