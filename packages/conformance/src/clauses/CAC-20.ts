import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Transform } from 'node:stream'

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

/** What passes at 16 MB a second at most. */
function throttle(): Transform {
  return new Transform({
    transform: (chunk, _, done) => void setTimeout(() => done(null, chunk), chunk.length / 16_384),
  })
}

/** A Redis behind a link: a thousand vectors take longer than any operation may, and a part of them does not. */
async function behindLink(target: string): Promise<{ url: string; close(): void }> {
  const behind = new URL(target)
  const server = createServer((near) => {
    const far = connect(Number(behind.port || 6_379), behind.hostname)
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    near.pipe(throttle()).pipe(far)
    far.pipe(throttle()).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // `listen` was given a port, so the address is not a path.
  const { port } = server.address() as AddressInfo
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  return { url: url.href, close: () => void server.close() }
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
    {
      name: 'the vectors of a thousand texts are all kept and all found, though they take longer than one operation may',
      case: 'nasty',
      limitMs: 60_000,
      async run(lab) {
        const vector = (text: string) => [text.length, ...Array<number>(1_535).fill(0.5)]
        const server = await lab.faults(provider({}, { vector }))
        const redis = await lab.redis()
        const link = await behindLink(redis.url)
        const made = [lab.pipeline, lab.other].map((make) => {
          const store = createRedisStore({ url: link.url, timeoutMs: 150 })
          return make({ server, clock: systemClock, embeddingCache: { store } })
        })
        const stored = createRedisStore({ url: redis.url, timeoutMs: 10_000 })
        const model = 'text-embedding-3-small'
        try {
          for (const one of made) {
            // The first call of a store connects it.
            while ((await one.embed({ model, input: 'Hello' })).metrics.cacheStatus !== 'hit');
          }
          const requests = server.journal.length
          for (const [index, one] of made.entries()) {
            const lostBefore = one.metrics.summary().losses
            const input = Array.from({ length: 1_000 }, (_, number) => `Text ${number} of ${index}`)
            const request = { model, input }
            const expected = 1 + (index + 1) * input.length
            const { response } = await one.embed({ ...request, encoding_format: 'base64' })
            for (let turn = 0; turn < 200; turn++) {
              if ((await stored.stats()).kinds.vectors.entries === expected) break
              await new Promise((resolve) => setTimeout(resolve, 50))
            }
            lab.check.equal((await stored.stats()).kinds.vectors.entries, expected, 'vectors in the store')
            lab.check.deepEqual(one.metrics.summary().losses, lostBefore, 'losses')
            const read = await made[1 - index]?.embed({ ...request, encoding_format: 'base64' })
            lab.check.equal(read?.metrics.cacheStatus, 'hit', 'the second time')
            lab.check.deepEqual(read?.response.data, response.data, 'the vectors')
          }
          lab.check.equal(server.journal.length, requests + 2, 'requests at the provider')
        } finally {
          await stored.close()
          link.close()
        }
      },
    },
  ],
})
