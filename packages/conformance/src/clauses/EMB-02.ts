import type { EmbedRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore } from '../lab.ts'
import { embedBody, provider, vectorOf } from '../servers/provider.ts'

const model = 'text-embedding-3-small'

/** The vector that the server gave this text, as float32 holds it. */
function expected(text: string): number[] {
  return vectorOf(text, { model }).map(Math.fround)
}

function embedding(input: string | string[]): EmbedRequest {
  return { model, input }
}

export const EMB02 = defineClause({
  id: 'EMB-02',
  sentence: 'Single texts (queries) are cached like documents.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache', 'byte-store'],
  scenarios: [
    {
      name: 'a query that is asked again calls nobody',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const first = await made.embed(embedding('where is my order'))
        const second = await made.embed(embedding('where is my order'))
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(first.response.data[0]?.embedding, expected('where is my order'), 'the first answer')
        check.deepEqual(second.response.data, first.response.data, 'the second answer')
      },
    },
    {
      name: 'a text shares its entry between query and document, both ways',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const store = createSpyStore()
        const made = pipeline({ server, embeddingCache: { store } })
        await made.embed(embedding(['a document', 'another']))
        const query = await made.embed(embedding('a document'))
        check.equal(server.journal.length, 1, 'requests after a query for a cached document')
        check.equal(query.response.data.length, 1, 'vectors of a query')
        check.deepEqual(query.response.data[0]?.embedding, expected('a document'), 'the query')

        await made.embed(embedding('a question'))
        const { response } = await made.embed(embedding(['another', 'a question']))
        check.equal(server.journal.length, 2, 'requests after a document for a cached query')
        check.deepEqual(
          response.data.map((item) => item.embedding),
          ['another', 'a question'].map(expected),
          'the documents',
        )
        check.equal(store.entries.size, 3, 'entries')
      },
    },
    {
      name: 'the empty text, a very long one and one of emoji are queries like any other',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const store = createSpyStore()
        const made = pipeline({ server, embeddingCache: { store } })
        const texts = ['', 'x'.repeat(20_000), '👩‍👩‍👧 family', ' ']
        for (const turn of ['fetched', 'cached']) {
          for (const text of texts) {
            const { response } = await made.embed(embedding(text))
            check.deepEqual(response.data[0]?.embedding, expected(text), `${turn}, ${text.length} characters`)
          }
        }
        const { response } = await made.embed(embedding(texts))
        check.deepEqual(
          response.data.map((item) => item.embedding),
          texts.map(expected),
          'as documents',
        )
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input),
          texts.map((text) => [text]),
          'texts at the provider',
        )
        check.equal(store.entries.size, texts.length, 'entries')
      },
    },
    {
      name: 'a query that failed is not kept, and is fetched when it is asked again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const answer = provider({})
        const server = await faults((request) =>
          request.index === 0
            ? { status: 400, steps: [{ text: '{"error":{"message":"No."}}' }] }
            : answer(request),
        )
        const store = createSpyStore()
        const made = pipeline({ server, embeddingCache: { store } })
        await check.rejectsWithCode(made.embed(embedding('once more')), 'INVALID_REQUEST', 'the first call')
        check.equal(store.entries.size, 0, 'entries after the failure')
        const { response } = await made.embed(embedding('once more'))
        check.deepEqual(response.data[0]?.embedding, expected('once more'), 'the second answer')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
  ],
})
