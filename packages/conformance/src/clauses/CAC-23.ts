import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  createMemoryStore,
  systemClock,
  type ByteStore,
  type CallContext,
  type ChatRequest,
  type Pipeline,
} from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Exchange, FaultServer } from '../servers/fault-server.ts'
import { embedAnswer, provider, type Reply } from '../servers/provider.ts'
import type { RedisServer } from '../servers/redis-server.ts'
import { assertInTime, undisturbed } from '../timing.ts'

type Invalidation = Parameters<Pipeline['invalidate']>[0]

/** Until when every process must have seen an invalidation, in ms. */
const limitMs = 250

/** A busy machine is no store that is down: whoever takes it for one asks for itself, and should (CAC-16). */
const timeoutMs = 10_000

const openRedis = (url: string): ByteStore => createRedisStore({ url, timeoutMs })

/** Per store: what each process opens for itself. In memory two pipelines of one process share it. */
async function sharedStores({ redis, folder }: Lab): Promise<Record<string, () => ByteStore>> {
  const memory = createMemoryStore()
  const { url } = await redis()
  const path = join(folder(), 'cache.db')
  return { memory: () => memory, redis: () => openRedis(url), sqlite: () => createSqliteStore({ path }) }
}

/** A pipeline that shares nothing with another one but what is behind its store. */
function start(lab: Lab, server: FaultServer, store: ByteStore): Pipeline {
  return lab.pipeline({
    server,
    clock: systemClock,
    responseCache: { store },
    embeddingCache: { store },
  })
}

/** The promise, whose rejection is nobody's loss when the scenario fails before it is awaited. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** Each answer is another one; the first waits until it is let go. */
const firstGated = (request: Exchange): Reply => ({
  text: `Answer ${request.index}`,
  ...(request.index === 0 && { beforeFirst: [{ gate: 'go' }] }),
})
const numbered = (request: Exchange): Reply => ({ text: `Answer ${request.index}` })

interface Call {
  request: ChatRequest
  context: CallContext
}

/** Of two tenants, two models and two tags, and one without any. */
const calls: readonly Call[] = [
  { request: askCacheable('Why?'), context: { tenant: 'acme', cacheTags: ['handbook'] } },
  { request: askCacheable('Why?'), context: { tenant: 'acme' } },
  { request: askCacheable('Why?', { model: 'gpt-4o-mini' }), context: { tenant: 'acme' } },
  {
    request: askCacheable('Why?'),
    context: { tenant: 'globex', cacheTags: ['prices', 'handbook', 'handbook'] },
  },
  {
    request: askCacheable('Why?', { model: 'gpt-4o-mini' }),
    context: { tenant: 'globex', cacheTags: ['prices'] },
  },
  { request: askCacheable('Why?'), context: {} },
]

/** Which of `calls` an invalidation ends. */
const invalidations: readonly { what: Invalidation; ends: readonly number[] }[] = [
  { what: { tenant: 'acme' }, ends: [0, 1, 2] },
  { what: { model: 'gpt-4o' }, ends: [0, 1, 3, 5] },
  { what: { tag: 'handbook' }, ends: [0, 3] },
  { what: { tag: 'prices', tenant: undefined }, ends: [3, 4] },
  { what: { tenant: 'default' }, ends: [5] },
  { what: { all: true }, ends: [0, 1, 2, 3, 4, 5] },
  { what: { tag: 'acme' }, ends: [] },
  { what: { model: 'gpt' }, ends: [] },
]

/** What one call is told, and whether the provider was asked for it. */
async function tell(
  made: Pipeline,
  server: FaultServer,
  { request, context }: Call,
): Promise<{ text: string; isAsked: boolean }> {
  const before = server.journal.length
  const { response } = await made.chat(request, context)
  return {
    text: String(response.choices[0]?.message.content),
    isAsked: server.journal.length > before,
  }
}

/** Writes are behind: asks until the answer comes from the store. */
async function untilStored(made: Pipeline, server: FaultServer, call: Call): Promise<string> {
  for (let turn = 0; turn < 200; turn++) {
    const { text, isAsked } = await tell(made, server, call)
    if (!isAsked) return text
    await sleep(5)
  }
  throw new Error('The store has kept nothing.')
}

/** The text of a vector's first number, and whether the provider was asked for it. */
async function vector(
  made: Pipeline,
  server: FaultServer,
  context: CallContext = {},
): Promise<{ first: unknown; isAsked: boolean }> {
  const before = server.journal.length
  const { response } = await made.embed({ model: 'text-embedding-3-small', input: 'a text' }, context)
  const [item] = response.data
  return {
    first: Array.isArray(item?.embedding) ? item.embedding[0] : undefined,
    isAsked: server.journal.length > before,
  }
}

/** A server whose vectors say which request they came by; the first waits until it is let go, where `gated`. */
function vectorServer(lab: Lab, { gated }: { gated: boolean }): Promise<FaultServer> {
  return lab.faults((request) =>
    embedAnswer(request, {
      vector: () => [request.index + 1, 0, 0, 0],
      ...(gated && request.index === 0 && { before: [{ gate: 'go' }] }),
    }),
  )
}

async function untilVectorStored(made: Pipeline, server: FaultServer, context?: CallContext): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (!(await vector(made, server, context)).isAsked) return
    await sleep(5)
  }
  throw new Error('The store has kept no vector.')
}

/** Rejects with this class of error. */
async function rejectsWith(lab: Lab, promise: Promise<unknown>, name: string, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  lab.check.equal(error instanceof Error ? error.name : error, name, what)
}

export const CAC23 = defineClause({
  id: 'CAC-23',
  sentence:
    'Invalidate by tenant, by model, by tag, and all; each takes effect within 250 ms in every process that shares the store while it answers, and a write begun before is dropped.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: [
    'chat',
    'stream',
    'embed',
    'response-cache',
    'embedding-cache',
    'byte-store',
    'shared-flight',
    'invalidation',
  ],
  requires: 'redis',
  scenarios: [
    {
      name: 'each ends what it names and nothing else, at once where it is asked for, in memory, Redis and SQLite',
      case: 'ordinary',
      limitMs: 60_000,
      async run(lab) {
        const { check } = lab
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          const server = await lab.faults(provider(numbered))
          const made = start(lab, server, open())
          for (const { what, ends } of invalidations) {
            const before = []
            for (const call of calls) before.push(await untilStored(made, server, call))
            await made.invalidate(what)
            for (const [index, call] of calls.entries()) {
              const { text, isAsked } = await tell(made, server, call)
              const name = `${kind}: call ${index} after ${JSON.stringify(what)}`
              check.equal(isAsked, ends.includes(index), `${name}: whether the provider is asked`)
              check.equal(text !== before[index], ends.includes(index), `${name}: whether its answer is new`)
            }
          }
        }
      },
    },
    {
      name: 'streams and vectors are ended like answers, and the new ones are kept',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          const server = await lab.faults(provider(numbered))
          const made = start(lab, server, open())
          const context = { tenant: 'acme', cacheTags: ['handbook'] }
          const request = askCacheable('Why?')
          const read = async () => textOf(await readAll(made.stream(request, context)))
          const first = await read()
          await untilStored(made, server, { request, context })
          const vectors = await vectorServer(lab, { gated: false })
          const embedder = start(lab, vectors, open())
          await untilVectorStored(embedder, vectors, context)
          for (const what of [{ tag: 'handbook' }, { tenant: 'acme' }, { all: true }] as const) {
            await made.invalidate(what)
            check.notEqual(await read(), first, `${kind}: a stream after ${JSON.stringify(what)}`)
            await untilStored(made, server, { request, context })
            await sleep(limitMs)
            check.ok(
              (await vector(embedder, vectors, context)).isAsked,
              `${kind}: a vector after ${JSON.stringify(what)}`,
            )
            await untilVectorStored(embedder, vectors, context)
          }
          await embedder.invalidate({ model: 'text-embedding-3-small' })
          check.ok((await vector(embedder, vectors, context)).isAsked, `${kind}: a vector after its model`)
          const kept = await tell(made, server, { request, context })
          check.equal(kept.isAsked, false, `${kind}: an answer of another model`)
        }
      },
    },
    {
      name: 'a process that answers from the store all the while sees it within 250 ms, and so does one that was idle',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const { check } = lab
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          const server = await lab.faults(provider(numbered))
          const [one, busy, idle] = [0, 1, 2].map(() => start(lab, server, open())) as [
            Pipeline,
            Pipeline,
            Pipeline,
          ] // As many as were made.
          for (const [index, call] of calls.slice(0, 2).entries()) {
            for (const made of [one, busy, idle]) await untilStored(made, server, call)
            await one.invalidate(index === 0 ? { tag: 'handbook' } : { tenant: 'acme' })
            const startMs = performance.now()
            let lastHitMs = startMs
            for (let isAsked = false; !isAsked; await sleep(2)) {
              const askedMs = performance.now()
              ;({ isAsked } = await tell(busy, server, call))
              if (!isAsked) lastHitMs = askedMs
              check.ok(performance.now() - startMs < 5_000, `${kind}: it is seen at all`)
            }
            assertInTime(check, lastHitMs - startMs, limitMs, `${kind}: until the last call that is answered`)
            await sleep(Math.max(0, startMs + limitMs - performance.now()))
            const { text } = await tell(idle, server, call)
            check.equal(text, `Answer ${server.journal.length - 1}`, `${kind}: the idle one`)
          }
        }
      }),
    },
    {
      name: 'a hit asks the store for epochs now and then, and not each time',
      case: 'boundary',
      async run(lab) {
        const { check, clock } = lab
        const server = await lab.faults(provider(numbered))
        const store = createMemoryStore({ clock })
        let asked = 0
        const epochs = {
          ...store.epochs,
          current(scopes: readonly string[]) {
            asked++
            return store.epochs.current(scopes)
          },
        }
        const made = lab.pipeline({ server, responseCache: { store: { ...store, epochs } } })
        for (let call = 0; call < 100; call++) await made.chat(askCacheable('Why?'))
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.equal(asked, 1, 'requests for epochs within one moment')
        clock.advance(limitMs)
        for (let call = 0; call < 100; call++) await made.chat(askCacheable('Why?'))
        check.equal(asked, 2, 'requests for epochs a moment later')
      },
    },
    {
      name: 'an answer and a stream that were asked for before are not kept, however late the invalidation',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const call = { request: askCacheable('Why?'), context: { tenant: 'acme', cacheTags: ['handbook'] } }
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          for (const [way, waitMs] of [
            ['whole', 0],
            ['whole', 300],
            ['streamed', 0],
            ['refresh', 300],
          ] as const) {
            const server = await lab.faults(provider(firstGated))
            const [slow, other] = [start(lab, server, open()), start(lab, server, open())]
            const context = { ...call.context, ...(way === 'refresh' && { cache: 'refresh' as const }) }
            const old = handled(
              way === 'streamed'
                ? readAll(slow.stream(call.request, context)).then(textOf)
                : slow
                    .chat(call.request, context)
                    .then(({ response }) => response.choices[0]?.message.content),
            )
            await server.received(1)
            await other.invalidate({ tag: 'handbook' })
            await sleep(waitMs)
            server.release('go')
            const what = `${kind}, ${way}, ${waitMs} ms later`
            check.equal(await old, 'Answer 0', `${what}: its own caller's answer`)
            // Long enough to be written, if it were.
            await sleep(50)
            check.equal((await tell(other, server, call)).text, 'Answer 1', `${what}: where it was asked for`)
            await sleep(limitMs)
            check.equal((await tell(slow, server, call)).text, 'Answer 1', `${what}: where the old one was`)
          }
        }
      },
    },
    {
      name: 'nobody joins a call that was begun before, in its process or another',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const call = { request: askCacheable('Why?'), context: { tenant: 'acme' } }
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          for (const way of ['chat', 'stream'] as const) {
            const server = await lab.faults(provider(firstGated))
            const [first, other] = [start(lab, server, open()), start(lab, server, open())]
            const old = handled(first.chat(call.request, call.context))
            await server.received(1)
            await other.invalidate({ model: call.request.model })
            await sleep(limitMs)
            const askAgain = (made: Pipeline): Promise<string> =>
              handled(
                way === 'chat'
                  ? tell(made, server, call).then(({ text }) => text)
                  : readAll(made.stream(call.request, call.context)).then(textOf),
              )
            const mine = askAgain(first)
            await server.received(2)
            check.equal(await mine, 'Answer 1', `${kind}, ${way}: while the old one is awaited`)
            await untilStored(first, server, call)
            check.equal(await askAgain(other), 'Answer 1', `${kind}, ${way}: the same in the other process`)
            server.release('go')
            const { response } = await old
            check.equal(response.choices[0]?.message.content, 'Answer 0', `${kind}, ${way}: the old one`)
            await sleep(50)
            for (const made of [first, other])
              check.equal((await tell(made, server, call)).text, 'Answer 1', `${kind}, ${way}: afterwards`)
          }
        }
      },
    },
    {
      name: 'a vector that was asked for before is neither kept nor joined',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          const server = await vectorServer(lab, { gated: true })
          const [slow, other] = [start(lab, server, open()), start(lab, server, open())]
          const context = { tenant: 'acme' }
          const old = handled(vector(slow, server, context))
          await server.received(1)
          await other.invalidate({ tenant: 'acme' })
          await sleep(limitMs)
          const meanwhile = handled(vector(slow, server, context))
          await server.received(2)
          check.equal((await meanwhile).first, 2, `${kind}: one asked for meanwhile`)
          server.release('go')
          check.equal((await old).first, 1, `${kind}: the old one`)
          await sleep(50)
          for (const made of [slow, other])
            check.notEqual((await vector(made, server, context)).first, 1, `${kind}: afterwards`)
        }
      },
    },
    {
      name: 'a store that is down or frozen refuses by type, fails no call, and takes it when it is back',
      case: 'nasty',
      limitMs: 40_000,
      run: undisturbed(async (lab) => {
        const { check } = lab
        const redis = await lab.redis()
        const server = await lab.faults(provider(numbered))
        const made = start(lab, server, createRedisStore({ url: redis.url }))
        const call = { request: askCacheable('Why?'), context: {} }
        await untilStored(made, server, call)
        const refused = async (what: string): Promise<void> => {
          const startMs = performance.now()
          await check.rejectsWithCode(made.invalidate({ all: true }), 'STORE_UNAVAILABLE', what)
          assertInTime(check, performance.now() - startMs, limitMs, what)
          const { text } = await tell(made, server, call)
          check.equal(text, `Answer ${server.journal.length - 1}`, `an answer while it is ${what}`)
        }
        redis.freeze()
        await refused('frozen')
        redis.thaw()
        await untilTaken(made, check)
        const { text } = await tell(made, server, call)
        check.equal(text, `Answer ${server.journal.length - 1}`, 'an answer after a frozen one has taken it')
        await redis.kill()
        await refused('gone')
        await redis.restart()
        await untilTaken(made, check)
        await untilStored(made, server, call)
      }),
    },
    {
      name: 'epochs that the store has lost, or that are garbage, end what was written under them',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const redis = await lab.redis()
        const server = await lab.faults(provider(numbered))
        const call = { request: askCacheable('Why?'), context: { cacheTags: ['handbook'] } }
        for (const spoil of [lose, (one: RedisServer) => spoilEpochs(one, 'garbage'), toLists]) {
          const [one, other] = [
            start(lab, server, openRedis(redis.url)),
            start(lab, server, openRedis(redis.url)),
          ]
          const before = await untilStored(one, server, call)
          check.equal(await untilStored(other, server, call), before, 'one answer for both')
          await one.invalidate({ tag: 'handbook' })
          await spoil(redis)
          await sleep(limitMs)
          check.notEqual(
            (await tell(other, server, call)).text,
            before,
            `the epochs are spoilt: ${spoil.name}`,
          )
          await untilStored(other, server, call)
          await untilStored(one, server, call)
        }
      },
    },
    {
      name: 'names hold any character, stand in no key, and end nobody else',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const redis = await lab.redis()
        const server = await lab.faults(provider(numbered))
        const made = start(lab, server, openRedis(redis.url))
        const names = [
          'a',
          'a ',
          'a:b',
          'a\nb',
          '__proto__',
          'all',
          '*',
          '\u{1f9d1}',
          '\ud83d',
          '\ud83e',
          'secret name',
        ]
        const tenants = names.map((tenant) => ({ request: askCacheable('Why?'), context: { tenant } }))
        const tags = names.map((tag) => ({
          request: askCacheable('Why?', { model: tag }),
          context: { cacheTags: [tag] },
        }))
        for (const call of [...tenants, ...tags]) await untilStored(made, server, call)
        for (const [index, name] of names.entries()) {
          for (const [what, named] of [
            [{ tenant: name }, tenants],
            [{ tag: name }, tags],
            [{ model: name }, tags],
          ] as const) {
            await made.invalidate(what)
            for (const [place, call] of named.entries()) {
              const message = `call ${place} after ${JSON.stringify(what)}`
              check.equal((await tell(made, server, call)).isAsked, place === index, message)
            }
            await untilStored(made, server, named[index] as Call) // One for each name.
          }
        }
        for (const key of await redis.admin.keys('*')) check.lacks(key, 'secret', 'a key in the store')
      },
    },
    {
      name: 'what names nothing, or more than one thing, is refused by type and ends nothing; so are tags that are none',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const server = await lab.faults(provider(numbered))
        const made = lab.pipeline({ server, responseCache: {} })
        const call = { request: askCacheable('Why?'), context: {} }
        const before = await untilStored(made, server, call)
        const wrong: unknown[] = [
          {},
          { all: false },
          { all: undefined },
          { tenant: 'default', model: 'gpt-4o' },
          { all: true, tag: 'a' },
          { tag: 7 },
          { tags: ['a'] },
          undefined,
        ]
        for (const what of wrong) {
          const refused = (async () => made.invalidate(what as Invalidation))() // It is wrong, as the type says.
          await rejectsWith(lab, refused, 'TypeError', JSON.stringify(what))
        }
        check.equal((await tell(made, server, call)).text, before, 'the answer')
        const asked = server.journal.length
        for (const [tags, name] of [
          ['a', 'TypeError'],
          [[7], 'TypeError'],
          [[''], 'RangeError'],
          [['x'.repeat(257)], 'RangeError'],
          [Array.from({ length: 17 }, (_, index) => `tag ${index}`), 'RangeError'],
        ] as const) {
          const context = { cacheTags: tags as readonly string[] } // Some are not, as the type says.
          const refused = (async () => made.chat(call.request, context))()
          await rejectsWith(lab, refused, name, `tags ${JSON.stringify(tags).slice(0, 40)}`)
        }
        check.equal(server.journal.length, asked, 'requests for calls whose tags are none')
      },
    },
  ],
})

const epochKeys = (redis: RedisServer): Promise<string[]> => redis.admin.keys('plumbline:epoch:*')

/** As a server that needs the room forgets them. */
async function lose(redis: RedisServer): Promise<void> {
  await redis.admin.del(await epochKeys(redis))
}

async function spoilEpochs(redis: RedisServer, value: string): Promise<void> {
  for (const key of await epochKeys(redis)) await redis.admin.set(key, value)
}

async function toLists(redis: RedisServer): Promise<void> {
  for (const key of await epochKeys(redis)) {
    await redis.admin.del(key)
    await redis.admin.rpush(key, 'a')
  }
}

/** A store that is back is found by trying. */
async function untilTaken(made: Pipeline, check: Lab['check']): Promise<void> {
  const startMs = performance.now()
  for (;;) {
    const isTaken = await made.invalidate({ all: true }).then(
      () => true,
      () => false,
    )
    if (isTaken) return
    check.ok(performance.now() - startMs < 5_000, 'the store takes an invalidation again')
    await sleep(20)
  }
}
