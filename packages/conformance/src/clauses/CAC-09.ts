import type { CachePolicy, ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { createSpyStore, readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** What a policy did with a request that was asked twice whole and once streamed, one after the other. */
async function requestsFor(
  { faults, pipeline }: Lab,
  request: ChatRequest,
  policy?: CachePolicy,
): Promise<number> {
  const server = await faults(provider((exchange) => ({ text: `Answer ${exchange.index}` })))
  const made = pipeline({ server, responseCache: policy === undefined ? {} : { policy } })
  await made.chat(request)
  await made.chat(request)
  await readAll(made.stream(request))
  return server.journal.length
}

export const CAC09 = defineClause({
  id: 'CAC-09',
  sentence:
    "Only deterministic requests are cached by default (temperature 0 or a seed); `policy: 'always'` and a predicate are options.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'temperature 0 and a seed are admitted, a request with neither is not',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        check.equal(await requestsFor(lab, ask('Hello', { temperature: 0 })), 1, 'requests at temperature 0')
        check.equal(await requestsFor(lab, ask('Hello', { seed: 7 })), 1, 'requests with a seed')
        check.equal(await requestsFor(lab, ask('Hello')), 3, 'requests with neither')
        check.equal(
          await requestsFor(lab, ask('Hello', { temperature: 0.7 })),
          3,
          'requests at temperature 0.7',
        )
        const statuses = lab.records.map(({ cacheStatus }) => cacheStatus)
        const admitted = ['miss', 'hit', 'hit']
        const declined = ['declined', 'declined', 'declined']
        check.deepEqual(statuses, [...admitted, ...admitted, ...declined, ...declined], 'cacheStatus')
      },
    },
    {
      name: 'seed 0 is a seed, null is not, and almost 0 is not 0',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const admitted: Partial<ChatRequest>[] = [
          { seed: 0 },
          { seed: -1, temperature: 2 },
          { temperature: -0 },
          { temperature: 0, seed: null },
          { temperature: 0, top_p: 0.5, n: 3 },
        ]
        const declined: Partial<ChatRequest>[] = [
          { seed: null },
          { temperature: null },
          { temperature: null, seed: null },
          { temperature: 1e-9 },
          { temperature: 1 },
          { top_p: 0 },
          { temperature: '0' as unknown as number },
        ]
        for (const fields of admitted) {
          check.equal(
            await requestsFor(lab, ask('Hello', fields)),
            1,
            `requests with ${JSON.stringify(fields)}`,
          )
        }
        for (const fields of declined) {
          check.equal(
            await requestsFor(lab, ask('Hello', fields)),
            3,
            `requests with ${JSON.stringify(fields)}`,
          )
        }
      },
    },
    {
      name: '`always` admits everything, and a predicate what it says, whatever the temperature',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const warm = ask('Hello', { temperature: 1 })
        const cold = ask('Hello', { temperature: 0, seed: 1 })
        check.equal(await requestsFor(lab, warm, 'always'), 1, 'requests, always')
        check.equal(
          await requestsFor(lab, ask('Hello'), 'always'),
          1,
          'requests without a temperature, always',
        )
        check.equal(await requestsFor(lab, warm, 'deterministic'), 3, 'requests at temperature 1, by name')
        check.equal(await requestsFor(lab, cold, 'deterministic'), 1, 'requests at temperature 0, by name')
        const byModel: CachePolicy = ({ model }) => model === 'gpt-4o-mini'
        check.equal(
          await requestsFor(lab, { ...warm, model: 'gpt-4o-mini' }, byModel),
          1,
          'the admitted model',
        )
        check.equal(await requestsFor(lab, cold, byModel), 3, 'another model at temperature 0')
      },
    },
    {
      name: 'a declined request neither reads nor writes the store, even where its answer is in there',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `Answer ${request.index}` })))
        const store = createSpyStore()
        const warm = ask('Hello', { temperature: 1 })
        await pipeline({ server, responseCache: { store, policy: 'always' } }).chat(warm)
        const before = [store.reads, store.writes]
        check.equal(store.writes, 1, 'writes of the pipeline that admits everything')
        const made = pipeline({ server, responseCache: { store } })
        const { response } = await made.chat(warm)
        await readAll(made.stream(warm))
        await made.chat(warm, { cache: 'refresh' })
        check.equal(response.choices[0]?.message.content, 'Answer 1', 'the answer')
        check.deepEqual([store.reads, store.writes], before, 'reads and writes')
        check.equal(server.journal.length, 4, 'requests at the provider')
      },
    },
    {
      name: 'a declined request does not join the same request in flight',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider((request) => ({ text: `Answer ${request.index}`, beforeFirst: [{ gate: 'go' }] })),
        )
        const made = pipeline({ server, responseCache: {} })
        const calls = Array.from({ length: 5 }, async () => {
          const { response } = await made.chat(ask('Hello', { temperature: 1 }))
          return response.choices[0]?.message.content
        })
        await server.received(5)
        server.release('go')
        check.equal(new Set(await Promise.all(calls)).size, 5, 'distinct answers')
        check.ok(
          records.every(({ cacheStatus }) => cacheStatus === 'declined'),
          'all of them are declined',
        )
      },
    },
  ],
})
