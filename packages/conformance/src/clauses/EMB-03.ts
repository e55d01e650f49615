import { defineClause } from '../clause.ts'
import { createSpyStore } from '../lab.ts'
import { provider, vectorOf } from '../servers/provider.ts'

const text = 'the same text'
const rounded = (request: { model: string; dimensions?: number }): number[] =>
  vectorOf(text, request).map((number) => Math.fround(number))

export const EMB03 = defineClause({
  id: 'EMB-03',
  sentence:
    'The key holds provider, model, dimensions and text; two models or two sizes never share a vector.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache', 'byte-store'],
  scenarios: [
    {
      name: 'two models, and two sizes of one, each have a vector of their own',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const requests = [
          { model: 'text-embedding-3-small' },
          { model: 'text-embedding-3-large' },
          { model: 'text-embedding-3-small', dimensions: 4 },
        ]
        for (let time = 0; time < 2; time++) {
          for (const request of requests) {
            const { response } = await made.embed({ ...request, input: text })
            check.deepEqual(response.data[0]?.embedding, rounded(request), JSON.stringify(request))
          }
        }
        check.equal(server.journal.length, 3, 'requests at the provider')
      },
    },
    {
      name: 'the model’s own size and the same size asked for by number are different requests',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed({ model: 'm', input: text })
        const { response } = await made.embed({ model: 'm', input: text, dimensions: 8 })
        check.deepEqual(response.data[0]?.embedding, rounded({ model: 'm', dimensions: 8 }))
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'two servers behind one store, and a field that nobody knows, part the vectors; names cannot be run together',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const store = createSpyStore()
        const one = await faults(provider({}))
        const other = await faults(provider({}))
        await pipeline({ server: one, embeddingCache: { store } }).embed({ model: 'm', input: text })
        const made = pipeline({ server: other, embeddingCache: { store } })
        await made.embed({ model: 'm', input: text })
        check.equal(other.journal.length, 1, 'the other server is asked')
        await made.embed({ model: 'm', input: text, task: 'query' })
        await made.embed({ model: 'm', input: text, task: 'document' })
        await made.embed({ model: 'mt', input: 'he same text' })
        check.equal(other.journal.length, 4, 'each variant is asked for')
        check.equal(store.entries.size, 5, 'entries')
      },
    },
  ],
})
