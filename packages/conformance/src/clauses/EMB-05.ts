import { createMemoryStore, type ByteStore } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { embedBody, provider } from '../servers/provider.ts'
import { steady, unwrap, watched } from '../timing.ts'

const model = 'text-embedding-3-small'
const money = ['metrics', 'cost'] as const

/** Two who wait for one text, of whom the first leaves. */
async function firstLeaves({ check, faults, pipeline }: Lab): Promise<void> {
  const server = await faults(provider({}, { before: [{ gate: 'answer' }] }))
  const made = pipeline({ server, embeddingCache: {} })
  const controller = new AbortController()
  const first = watched(made.embed({ model, input: 'shared' }, { signal: controller.signal }))
  await server.reached('answer')
  const second = watched(made.embed({ model, input: 'shared' }))
  // The second joins before the first leaves, or sends a request of its own.
  check.equal(await steady(() => server.journal.length, 1), 1, 'requests while both wait')
  controller.abort()
  const left = await first.within(1_000, 'The call of the one who leaves')
  check.ok('error' in left, 'the call of the one who leaves must fail')
  server.release('answer')
  const { response } = unwrap(await second.within(1_000, 'The call of the one who stays'))
  check.equal(response.data.length, 1, 'vectors of the one who stays')
  check.equal(server.journal.length, 1, 'requests at the provider')
}

export const EMB05 = defineClause({
  id: 'EMB-05',
  sentence: 'Concurrent requests for the same text make one provider call.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'fifty at once for one text are one call, and all have its vector',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const all = await Promise.all(
          Array.from({ length: 50 }, () => made.embed({ model, input: 'same text' })),
        )
        check.equal(server.journal.length, 1, 'requests at the provider')
        for (const { response } of all) check.deepEqual(response, all[0]?.response)
      },
    },
    {
      name: 'of fifty at once for one text one pays',
      case: 'ordinary',
      needs: money,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        await Promise.all(Array.from({ length: 50 }, () => made.embed({ model, input: 'same text' })))
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
      name: 'who asks the store while the vector is on its way there does not ask the provider again',
      case: 'nasty',
      needs: ['byte-store'],
      limitMs: 5_000,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}, { before: [{ gate: 'answer' }] }))
        const inner = createMemoryStore()
        const slow = Promise.withResolvers<void>()
        let reads = 0
        // The second time it says after a while what it held at once.
        const getMany: ByteStore['getMany'] = async (keys) => {
          const found = await inner.getMany(keys)
          if (++reads === 2) await slow.promise
          return found
        }
        const made = pipeline({ server, embeddingCache: { store: { ...inner, getMany } } })
        const first = made.embed({ model, input: 'shared' })
        await server.reached('answer')
        const second = made.embed({ model, input: 'shared' })
        await new Promise((resolve) => setTimeout(resolve, 20))
        server.release('answer')
        const { response } = await first
        slow.resolve()
        server.release('answer')
        check.deepEqual((await second).response.data, response.data, 'the vectors of the second')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'when the first one leaves, the others still get their vectors, from the same call',
      case: 'nasty',
      limitMs: 5_000,
      run: firstLeaves,
    },
    {
      name: 'when the first one leaves, the one who stays pays',
      case: 'nasty',
      needs: money,
      limitMs: 5_000,
      async run(lab) {
        await firstLeaves(lab)
        const { check, records } = lab
        check.deepEqual(
          records.map(({ costNanoUsd }) => costNanoUsd),
          [0, 6 * 20],
          'the one who stayed pays',
        )
      },
    },
    {
      name: 'the one who stays pays for the texts of the same request that nobody waits for any more',
      case: 'nasty',
      needs: money,
      limitMs: 5_000,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({}, { before: [{ gate: 'answer' }] }))
        const made = pipeline({ server, embeddingCache: {} })
        const controller = new AbortController()
        const first = made.embed({ model, input: ['aaaa', 'bb'] }, { signal: controller.signal })
        await server.received(1)
        const second = made.embed({ model, input: 'bb' })
        await new Promise((resolve) => setImmediate(resolve))
        controller.abort()
        await check.rejectsWithCode(first, 'CANCELLED')
        server.release('answer')
        await second
        // What it is asked for again is its own, and so is what a hit saves.
        await made.embed({ model, input: 'bb' })
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(
          records.map(({ costNanoUsd, savedNanoUsd }) => [costNanoUsd, savedNanoUsd]),
          [
            [0, 0],
            [6 * 20, 0],
            [0, 2 * 20],
          ],
          'billed and saved of the one who left, the one who stayed, and a hit',
        )
        check.deepEqual(
          records.map(({ cacheStatus, attempts }) => [cacheStatus === 'hit', attempts]),
          [
            [false, 0],
            [false, 1],
            [true, 0],
          ],
          'and who asked the provider',
        )
      },
    },
  ],
})
