import { defineClause } from '../clause.ts'
import { askCacheable } from '../requests.ts'
import { chatAnswer, errorAnswer, lastText, provider } from '../servers/provider.ts'

export const CAC01 = defineClause({
  id: 'CAC-01',
  sentence:
    'An identical request is answered from the cache with no provider call, deep-equal to the first answer, usage included.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'response-cache'],
  scenarios: [
    {
      name: 'the second of two equal calls is answered without the provider, with the same answer',
      case: 'ordinary',
      async run({ check, ordinary, pipeline }) {
        const server = await ordinary({ usage: { prompt_tokens: 123, completion_tokens: 45 } })
        const made = pipeline({ server, responseCache: {} })
        const first = structuredClone((await made.chat(askCacheable('Hello'))).response)
        const { response } = await made.chat(askCacheable('Hello'))
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(response, first, 'the second answer')
        check.equal(response.usage?.total_tokens, 168, 'its tokens')
      },
    },
    {
      name: 'two choices, token details, unknown usage fields, nulls and any character come back as they were',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({
            choices: [{ text: 'Zażółć\u0000\u2028"\\ 🧑‍🚀' }, { text: '\ud800 a half of a pair' }],
            usage: {
              prompt_tokens: 0,
              completion_tokens: 7,
              prompt_tokens_details: { cached_tokens: 0, image_tokens: 3 },
              completion_tokens_details: null,
              cost_in_credits: 0.25,
            },
          }),
        )
        const made = pipeline({ server, responseCache: {} })
        const first = structuredClone((await made.chat(askCacheable('Hello', { n: 2 }))).response)
        const { response } = await made.chat(askCacheable('Hello', { n: 2 }))
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(response, first, 'the second answer')
        check.equal(response.usage?.cost_in_credits, 0.25, 'an unknown usage field')
        check.equal(response.choices[1]?.message.content, '\ud800 a half of a pair', 'the second choice')
      },
    },
    {
      name: 'who asks from which feature with which prompt version does not matter',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const made = pipeline({ server, responseCache: {} })
        const first = structuredClone((await made.chat(askCacheable('Hello'), { endpoint: 'a' })).response)
        const { response } = await made.chat(askCacheable('Hello'), { endpoint: 'b', promptVersion: '2' })
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(response, first, 'the second answer')
      },
    },
    {
      name: 'three requests in turn keep the first answer of each, also when the provider has gone down',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        let down = false
        const server = await faults((request) =>
          down
            ? errorAnswer(500)
            : chatAnswer(request, {
                id: `chatcmpl-${request.index}`,
                text: `${lastText(request)}? Answer ${request.index}.`,
                usage: { prompt_tokens: 100 + request.index },
              }),
        )
        const made = pipeline({ server, responseCache: {} })
        const questions = ['One', 'Two', 'Three']
        const first = []
        for (const question of questions) {
          first.push(structuredClone((await made.chat(askCacheable(question))).response))
        }
        check.equal(new Set(first.map(({ id }) => id)).size, 3, 'distinct answers')
        down = true
        for (let round = 0; round < 10; round++) {
          for (const [index, question] of questions.entries()) {
            const { response } = await made.chat(askCacheable(question))
            check.deepEqual(response, first[index], `the answer to ${question} in round ${round}`)
          }
        }
        check.equal(server.journal.length, 3, 'requests at the provider')
        await check.rejectsWithCode(made.chat(askCacheable('Four')), 'UPSTREAM', 'a question that is new')
      },
    },
  ],
})
