import { join } from 'node:path'

import { createMemoryStore, systemClock, type ByteStore, type Pipeline } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** Per store: how one build and the other open what they share. */
async function sharedStores({ redis, folder }: Lab): Promise<Record<string, () => ByteStore>> {
  const memory = createMemoryStore()
  const { url } = await redis()
  const path = join(folder(), 'cache.db')
  return {
    memory: () => memory,
    sqlite: () => createSqliteStore({ path }),
    // What is asked is whether it hits, however busy the machine is.
    redis: () => createRedisStore({ url, timeoutMs: 10_000 }),
  }
}

/** Writes are behind: until another one sees it. */
async function untilStored(store: ByteStore, made: Pipeline, question: string): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    const { metrics } = await made.chat(askCacheable(question))
    if (metrics.cacheStatus === 'hit') return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`${store.kind} has kept nothing.`)
}

/** Both builds, and then both the other way round. */
async function eachWay(
  lab: Lab,
  run: (
    writer: (store: ByteStore) => Pipeline,
    reader: (store: ByteStore) => Pipeline,
    open: () => ByteStore,
    what: string,
  ) => Promise<void>,
): Promise<void> {
  const server = await lab.faults(provider((request) => ({ text: `Answer ${request.index}` })))
  const options = (store: ByteStore) => ({
    server,
    clock: systemClock,
    responseCache: { store },
    embeddingCache: { store },
  })
  for (const [kind, open] of Object.entries(await sharedStores(lab))) {
    const one = (store: ByteStore) => lab.pipeline(options(store))
    const other = (store: ByteStore) => lab.other(options(store))
    await run(one, other, open, `${kind}, the first build's entry`)
    await run(other, one, open, `${kind}, the second build's entry`)
  }
}

export const CAC20 = defineClause({
  id: 'CAC-20',
  sentence:
    'An entry written by one build is a hit for the other (same key, same codec), in memory, SQLite and Redis.',
  origin: 'user expectation',
  kind: 'parity',
  needs: ['chat', 'stream', 'embed', 'response-cache', 'embedding-cache', 'byte-store'],
  requires: 'redis',
  scenarios: [
    {
      name: 'an answer that one build stored the other one serves, deep-equal',
      case: 'ordinary',
      run: (lab) =>
        eachWay(lab, async (writer, reader, open, what) => {
          const store = open()
          const made = writer(store)
          const { response } = await made.chat(askCacheable(what))
          await untilStored(store, made, what)
          const read = await reader(open()).chat(askCacheable(what))
          lab.check.equal(read.metrics.cacheStatus, 'hit', what)
          lab.check.deepEqual(read.response, response, what)
        }),
    },
    {
      name: 'a stream that one build stored the other one serves as a stream and whole; tenants stay apart',
      case: 'boundary',
      run: (lab) =>
        eachWay(lab, async (writer, reader, open, what) => {
          const store = open()
          const made = writer(store)
          const written = await readAll(made.stream(askCacheable(what), { tenant: 'a:b' }))
          for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
          const other = reader(open())
          const read = await readAll(other.stream(askCacheable(what), { tenant: 'a:b' }))
          lab.check.equal(textOf(read), textOf(written), what)
          const whole = await other.chat(askCacheable(what), { tenant: 'a:b' })
          lab.check.equal(whole.metrics.cacheStatus, 'hit', what)
          const stranger = await other.chat(askCacheable(what), { tenant: 'a' })
          lab.check.equal(stranger.metrics.cacheStatus, 'miss', `${what}, for another tenant`)
        }),
    },
    {
      name: 'vectors are shared bit by bit, in either encoding',
      case: 'nasty',
      run: (lab) =>
        eachWay(lab, async (writer, reader, open, what) => {
          const request = { model: 'text-embedding-3-small', input: [what, `${what} again`] }
          const written = await writer(open()).embed(request)
          for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
          const other = reader(open())
          const read = await other.embed(request)
          lab.check.equal(read.metrics.cacheStatus, 'hit', what)
          lab.check.deepEqual(read.response.data, written.response.data, what)
          const encoded = await other.embed({ ...request, encoding_format: 'base64' })
          lab.check.equal(encoded.metrics.cacheStatus, 'hit', `${what}, as base64`)
        }),
    },
  ],
})
