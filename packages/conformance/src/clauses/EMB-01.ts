import type { EmbedRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { embedAnswer, embedBody, provider, vectorOf } from '../servers/provider.ts'

const model = 'text-embedding-3-small'

/** The vector that the server gave this text, as float32 holds it. */
function expected(text: string): number[] {
  return vectorOf(text, { model }).map(Math.fround)
}

function embedding(input: string | string[]): EmbedRequest {
  return { model, input }
}

/** As a server may: the items in reverse, each under its own index. */
function reversed(request: Exchange): Answer {
  const answer = embedAnswer(request)
  const [step] = answer.steps
  if (step === undefined || !('text' in step)) return answer
  const body = JSON.parse(step.text) as { data: unknown[] } // What embedAnswer has just written.
  return { ...answer, steps: [{ text: JSON.stringify({ ...body, data: body.data.toReversed() }) }] }
}

export const EMB01 = defineClause({
  id: 'EMB-01',
  sentence:
    'A batch sends only the texts not in the cache, once each, and returns vectors in the order asked.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'a second batch sends the new texts alone, and every vector stands where its text stood',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed(embedding(['alpha', 'beta', 'gamma']))
        const texts = ['delta', 'beta', 'epsilon', 'alpha']
        const { response } = await made.embed(embedding(texts))
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input),
          [
            ['alpha', 'beta', 'gamma'],
            ['delta', 'epsilon'],
          ],
          'texts at the provider',
        )
        check.deepEqual(
          response.data.map((item) => item.embedding),
          texts.map(expected),
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
      name: 'a text that stands twice in one batch is sent once and answered twice',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const texts = ['same', 'other', 'same', 'same']
        const { response } = await made.embed(embedding(texts))
        check.deepEqual(
          server.journal.map((request) => embedBody(request).input),
          [['same', 'other']],
          'texts at the provider',
        )
        check.deepEqual(
          response.data.map((item) => item.embedding),
          texts.map(expected),
          'vectors',
        )
      },
    },
    {
      name: 'a batch that is cached as a whole sends nothing, in whichever order it is asked',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await made.embed(embedding(['one', 'two', 'three']))
        const texts = ['three', 'one', 'two', 'three']
        const { response } = await made.embed(embedding(texts))
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(
          response.data.map((item) => item.embedding),
          texts.map(expected),
          'vectors',
        )
      },
    },
    {
      name: 'a server that answers in another order is read by its indexes',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(reversed)
        const made = pipeline({ server, embeddingCache: {} })
        const texts = ['first', 'second', 'third']
        for (const turn of ['fetched', 'cached']) {
          const { response } = await made.embed(embedding(texts))
          check.deepEqual(
            response.data.map((item) => item.embedding),
            texts.map(expected),
            turn,
          )
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'texts that differ in blanks, case or Unicode form, and names of Object, are texts of their own',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const texts = [
          'é',
          'e\u0301',
          'a',
          'a ',
          'A',
          '__proto__',
          'constructor',
          '["a"]',
          'a\u0000',
          '0',
          '1',
        ]
        await made.embed(embedding(texts.slice(0, 5)))
        const { response } = await made.embed(embedding([...texts].reverse()))
        check.deepEqual(
          response.data.map((item) => item.embedding),
          [...texts].reverse().map(expected),
          'vectors',
        )
        const sent = server.journal.flatMap((request) => embedBody(request).input)
        check.equal(sent.length, texts.length, 'texts at the provider')
        check.equal(new Set(sent).size, texts.length, 'distinct texts at the provider')
      },
    },
  ],
})
