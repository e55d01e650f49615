import { defineClause } from '../clause.ts'
import { embedBody, provider } from '../servers/provider.ts'

const model = 'text-embedding-3-small'

export const EMB05 = defineClause({
  id: 'EMB-05',
  sentence: 'Concurrent requests for the same text make one provider call.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'fifty at once for one text are one call, and one of them pays',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const all = await Promise.all(
          Array.from({ length: 50 }, () => made.embed({ model, input: 'same text' })),
        )
        check.equal(server.journal.length, 1, 'requests at the provider')
        for (const { response } of all) check.deepEqual(response, all[0]?.response)
        // Nine characters are nine tokens here, at 20 nano-dollars each.
        check.equal(
          records.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
          180,
          'billed',
        )
        check.equal(
          records.reduce((sum, { savedNanoUsd }) => sum + savedNanoUsd, 0),
          49 * 180,
          'saved',
        )
      },
    },
    {
      name: 'batches that overlap send each text once',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await Promise.all([
          made.embed({ model, input: ['a', 'b'] }),
          made.embed({ model, input: ['b', 'c'] }),
          made.embed({ model, input: ['c', 'a', 'd'] }),
        ])
        const texts = server.journal.flatMap((request) => embedBody(request).input).sort()
        check.deepEqual(texts, ['a', 'b', 'c', 'd'])
      },
    },
    {
      name: 'when the first one leaves, the others still get their vectors, from the same call',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}, { before: [{ gate: 'answer' }] }))
        const made = pipeline({ server, embeddingCache: {} })
        const controller = new AbortController()
        const first = made.embed({ model, input: 'shared' }, { signal: controller.signal })
        await server.reached('answer')
        const second = made.embed({ model, input: 'shared' })
        // The second joins before the first leaves.
        await new Promise((resolve) => setImmediate(resolve))
        controller.abort()
        await check.rejectsWithCode(first, 'CANCELLED', 'the first')
        server.release('answer')
        check.equal((await second).response.data.length, 1, 'vectors of the second')
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(
          records.map(({ costNanoUsd }) => costNanoUsd),
          [0, 6 * 20],
          'the one who stayed pays',
        )
      },
    },
  ],
})
