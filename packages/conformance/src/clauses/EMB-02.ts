import { defineClause } from '../clause.ts'
import { embedBody, provider } from '../servers/provider.ts'

const model = 'text-embedding-3-small'

export const EMB02 = defineClause({
  id: 'EMB-02',
  sentence: 'Single texts (queries) are cached like documents.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'a query asked twice is sent once',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const first = await made.embed({ model, input: 'Where is my parcel?' })
        const second = await made.embed({ model, input: 'Where is my parcel?' })
        check.equal(server.journal.length, 1, 'requests at the provider')
        // The second costs no tokens, which its response may say.
        check.deepEqual(second.response.data, first.response.data)
      },
    },
    {
      name: 'a query asked twice is recorded as a miss and a hit',
      case: 'ordinary',
      needs: ['metrics'],
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        for (let time = 0; time < 2; time++) await made.embed({ model, input: 'Where is my parcel?' })
        check.deepEqual(
          records.map(({ cacheStatus }) => cacheStatus),
          ['miss', 'hit'],
          'cache statuses',
        )
      },
    },
    {
      name: 'a document that was embedded serves the query of the same text, and the reverse',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed({ model, input: ['a document', 'another'] })
        await made.embed({ model, input: 'a document' })
        check.equal(server.journal.length, 1, 'the query after the document')
        await made.embed({ model, input: 'a query' })
        await made.embed({ model, input: ['a query', 'another'] })
        check.equal(server.journal.length, 2, 'the document after the query')
      },
    },
    {
      name: 'texts that differ in space or line breaks alone are different texts, and sent as they are',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const texts = ['a b', 'a\nb', 'a  b', 'a b ']
        for (const input of [...texts, ...texts]) await made.embed({ model, input })
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input[0]),
          texts,
        )
      },
    },
  ],
})
