import { defineGuardrails, lengthRule, tokenLimitRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** At most 40 characters over all texts of a request.  */
const fortyCharacters = defineGuardrails({ rules: [{ rule: lengthRule({ maxChars: 40 }), action: 'block' }] })

export const GRD02 = defineClause({
  id: 'GRD-02',
  sentence:
    'Over-long input (characters, and tokens where set) is blocked with the limit and the size in the error.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'guardrail-policy'],
  scenarios: [
    {
      name: 'the error names the limit and the size, and not the text',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: fortyCharacters })
        const error = await check.rejectsWithCode(
          made.chat(ask('secret words '.repeat(5))),
          'GUARDRAIL_BLOCKED',
        )
        check.match(error.message, /\b40\b/, 'the limit')
        check.match(error.message, /\b65\b/, 'the size')
        check.lacks(error.message, 'secret words')
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'exactly the limit passes, one more does not',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: fortyCharacters })
        await made.chat(ask('x'.repeat(40)))
        check.equal(server.journal.length, 1, 'requests at the provider')
        await check.rejectsWithCode(made.chat(ask('x'.repeat(41))), 'GUARDRAIL_BLOCKED')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'many short texts are one long input, content parts and tool arguments included',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: fortyCharacters })
        const many = ask('', {
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'x'.repeat(15) }] },
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'c', type: 'function', function: { name: 'f', arguments: `{"a":"${'y'.repeat(7)}"}` } },
              ],
            },
            { role: 'tool', tool_call_id: 'c', content: 'z'.repeat(15) },
          ],
        })
        await check.rejectsWithCode(made.chat(many), 'GUARDRAIL_BLOCKED')
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'a limit in tokens counts as its tokenizer does, over all texts: exactly it passes, one more does not',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const countTokens = (text: string): number => text.split(' ').length
        const rule = tokenLimitRule({ maxTokens: 4, countTokens, tokenizer: 'words' })
        const made = pipeline({
          server,
          guardrails: defineGuardrails({ rules: [{ rule, action: 'block' }] }),
        })
        const texts = (...contents: string[]) =>
          ask('', { messages: contents.map((content) => ({ role: 'user' as const, content })) })
        await made.chat(texts('secret words', 'secret words'))
        check.equal(server.journal.length, 1, 'requests at the provider')
        const error = await check.rejectsWithCode(
          made.chat(texts('secret words', 'secret words', 'secret')),
          'GUARDRAIL_BLOCKED',
        )
        check.match(error.message, /\b5 tokens.*\b4\b/, 'size and limit')
        check.lacks(error.message, 'secret')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
  ],
})
