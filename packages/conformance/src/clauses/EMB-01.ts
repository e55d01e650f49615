import { defineClause } from '../clause.ts'
import { embedBody, provider, vectorOf } from '../servers/provider.ts'

const model = 'text-embedding-3-small'
const rounded = (text: string): number[] => vectorOf(text, { model }).map((number) => Math.fround(number))

export const EMB01 = defineClause({
  id: 'EMB-01',
  sentence:
    'A batch sends only the texts not in the cache, once each, and returns vectors in the order asked.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'a second batch sends what is new, and comes back in its own order',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed({ model, input: ['one', 'two', 'three'] })
        const input = ['four', 'two', 'five', 'one']
        const { response } = await made.embed({ model, input })
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input),
          [
            ['one', 'two', 'three'],
            ['four', 'five'],
          ],
        )
        check.deepEqual(
          response.data.map(({ embedding }) => embedding),
          input.map(rounded),
          'vectors',
        )
        check.deepEqual(
          response.data.map(({ index }) => index),
          [0, 1, 2, 3],
          'indexes',
        )
      },
    },
    {
      name: 'a text that is asked twice in one batch is sent once and returned twice',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const { response } = await made.embed({ model, input: ['a', 'b', 'a', '', 'a'] })
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input),
          [['a', 'b', '']],
        )
        check.deepEqual(
          response.data.map(({ embedding }) => embedding),
          ['a', 'b', 'a', '', 'a'].map(rounded),
          'vectors',
        )
        await made.embed({ model, input: ['a', 'b', ''] })
        check.equal(server.journal.length, 1, 'a batch of known texts is not sent')
      },
    },
    {
      name: 'a server that answers out of order does not mix up the vectors',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) => {
          const { input } = embedBody(request)
          const data = input
            .map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, { model }) }))
            .reverse()
          return {
            steps: [
              {
                text: JSON.stringify({
                  object: 'list',
                  data,
                  model,
                  usage: { prompt_tokens: 9, total_tokens: 9 },
                }),
              },
            ],
          }
        })
        const made = pipeline({ server, embeddingCache: {} })
        for (let time = 0; time < 2; time++) {
          const { response } = await made.embed({ model, input: ['x', 'y', 'z'] })
          check.deepEqual(
            response.data.map(({ embedding }) => embedding),
            ['x', 'y', 'z'].map(rounded),
            'vectors',
          )
        }
      },
    },
  ],
})
