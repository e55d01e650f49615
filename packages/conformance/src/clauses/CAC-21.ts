import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { leaseMs, systemClock, type ByteStore, type ChatResponse, type Pipeline } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'
import { Redis } from 'ioredis'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { provider, type Reply } from '../servers/provider.ts'
import { assertInTime, undisturbed } from '../timing.ts'

const question = askCacheable('What does everybody ask?')
const text = 'What everybody is told.'
const gated: Reply = { text, beforeFirst: [{ gate: 'go' }] }

/** As long as it takes a process to find that another one is fetching the answer, in ms. */
const settledMs = 150

/** A busy machine is no store that is down: whoever takes it for one asks for itself, and should (CAC-16). */
const timeoutMs = 10_000

const openRedis = (url: string): ByteStore => createRedisStore({ url, timeoutMs })

/** Per store: what each process opens for itself. */
async function sharedStores({ redis, folder }: Lab): Promise<Record<string, () => ByteStore>> {
  const { url } = await redis()
  const path = join(folder(), 'cache.db')
  return { redis: () => openRedis(url), sqlite: () => createSqliteStore({ path }) }
}

/** A pipeline that shares nothing with another one but what is behind its store. */
function start(lab: Lab, server: FaultServer, store: ByteStore): Pipeline {
  return lab.pipeline({ server, clock: systemClock, responseCache: { store } })
}

/** The promise, whose rejection is nobody's loss when the scenario fails before it is awaited. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

const contentOf = ({ response }: { response: ChatResponse }): unknown => response.choices[0]?.message.content

/** Whole and streamed calls in three processes while the provider thinks. */
async function oneCall(lab: Lab, open: () => ByteStore, kind: string, leadStreams: boolean): Promise<void> {
  const { check } = lab
  const server = await lab.faults(provider(gated))
  const leader = start(lab, server, open())
  const first = leadStreams
    ? handled(readAll(leader.stream(question)).then(textOf))
    : handled(leader.chat(question).then(contentOf))
  await server.received(1)
  const others = [start(lab, server, open()), start(lab, server, open())]
  const whole = others.map((made) => handled(made.chat(question)))
  const streamed = others.map((made) => handled(readAll(made.stream(question))))
  await sleep(settledMs)
  check.equal(server.journal.length, 1, `${kind}: requests at the provider while all wait`)
  server.release('go')
  check.equal(await first, text, `${kind}: the leader's answer`)
  for (const result of await Promise.all(whole)) {
    check.equal(contentOf(result), text, `${kind}: an answer`)
    check.equal(result.metrics.costNanoUsd, 0, `${kind}: what the answer of another process costs`)
  }
  for (const chunks of await Promise.all(streamed)) check.equal(textOf(chunks), text, `${kind}: a stream`)
  check.equal(server.journal.length, 1, `${kind}: requests at the provider`)
}

export const CAC21 = defineClause({
  id: 'CAC-21',
  sentence:
    'Two processes that share a store make one provider call for the same request in flight (lease with expiry); a dead leader delays the others by no more than the lease.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache', 'byte-store', 'shared-flight', 'metrics', 'cost'],
  requires: 'redis',
  scenarios: [
    {
      name: 'calls in three processes wait for the one that asked first, streams too, in Redis and SQLite',
      case: 'ordinary',
      async run(lab) {
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          await oneCall(lab, open, kind, false)
        }
      },
    },
    {
      name: 'a leader that streams is waited for as well; the others get its answer whole or as a stream',
      case: 'ordinary',
      async run(lab) {
        for (const [kind, open] of Object.entries(await sharedStores(lab)))
          await oneCall(lab, open, `${kind}, led by a stream`, true)
      },
    },
    {
      name: 'when the leader is aborted one of the others leads, and at once',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const { check } = lab
        for (const [kind, open] of Object.entries(await sharedStores(lab))) {
          const server = await lab.faults(provider(gated))
          const controller = new AbortController()
          const leader = start(lab, server, open())
          const aborted = handled(leader.chat(question, { signal: controller.signal }))
          await server.received(1)
          const others = [start(lab, server, open()), start(lab, server, open())]
          const waiting = others.map((made) => handled(made.chat(question)))
          await sleep(settledMs)
          controller.abort()
          await check.rejectsWithCode(aborted, 'CANCELLED', 'the leader')
          const startMs = performance.now()
          await server.received(2)
          assertInTime(check, performance.now() - startMs, 500, `${kind}: until another one leads`)
          await sleep(settledMs)
          check.equal(server.journal.length, 2, `${kind}: requests once another one leads`)
          server.release('go')
          for (const result of await Promise.all(waiting)) check.equal(contentOf(result), text, kind)
          check.equal(server.journal.length, 2, `${kind}: requests at the provider`)
        }
      }),
    },
    {
      name: 'when the answer cannot be stored nobody waits for anybody any more',
      case: 'boundary',
      run: undisturbed(async (lab) => {
        const { check } = lab
        const redis = await lab.redis()
        const cut: Reply = { ...gated, finishReason: 'length' }
        const server = await lab.faults(provider(cut))
        const made = Array.from({ length: 4 }, () => start(lab, server, openRedis(redis.url)))
        const calls = made.map((one) => handled(one.chat(question)))
        await server.received(1)
        await sleep(settledMs)
        check.equal(server.journal.length, 1, 'requests while the first is asked')
        const startMs = performance.now()
        server.release('go')
        await server.received(4)
        assertInTime(check, performance.now() - startMs, 1_000, 'until all others ask for themselves')
        server.release('go')
        for (const result of await Promise.all(calls)) check.equal(contentOf(result), text, 'a cut answer')
      }),
    },
    {
      name: 'a leader that thinks longer than its lease keeps it',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const redis = await lab.redis()
        const server = await lab.faults(provider(gated))
        const open = (): ByteStore => openRedis(redis.url)
        const calls = [start(lab, server, open()), start(lab, server, open())].map((made) =>
          handled(made.chat(question)),
        )
        await server.received(1)
        await sleep(leaseMs + 500)
        check.equal(server.journal.length, 1, 'requests after more than a lease')
        server.release('go')
        for (const result of await Promise.all(calls)) check.equal(contentOf(result), text, 'an answer')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a leader whose process is gone delays the others by no more than its lease',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const { check } = lab
        const redis = await lab.redis()
        const server = await lab.faults(({ index, ...request }) =>
          provider(index === 0 ? gated : { text })({ index, ...request }),
        )
        // What a server sees of a process that is killed: its connection closes, and nothing comes from it any more.
        const client = new Redis(redis.url)
        client.on('error', () => {})
        const dying = start(lab, server, createRedisStore({ client, timeoutMs }))
        const lost = handled(dying.chat(question))
        await server.received(1)
        client.disconnect()
        const startMs = performance.now()
        const others = Array.from({ length: 3 }, () => start(lab, server, openRedis(redis.url)))
        for (const result of await Promise.all(others.map((made) => made.chat(question))))
          check.equal(contentOf(result), text, 'an answer')
        assertInTime(
          check,
          performance.now() - startMs,
          leaseMs + 300,
          'how long the others wait for the dead',
        )
        check.equal(server.journal.length, 2, 'requests at the provider')
        server.release('go')
        await lost
      }),
    },
    {
      name: 'a leader that is gone delays the others by no more than its lease when the clock is set back, too',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const { check } = lab
        const path = join(lab.folder(), 'cache.db')
        const server = await lab.faults(({ index, ...request }) =>
          provider(index === 0 ? gated : { text })({ index, ...request }),
        )
        const store = createSqliteStore({ path })
        const lost = handled(start(lab, server, store).chat(question))
        await server.received(1)
        // What the file sees of a process that is gone.
        await store.close()
        const clock = { ...systemClock, now: () => systemClock.now() - 3_600_000 }
        const startMs = performance.now()
        const others = Array.from({ length: 3 }, () => start(lab, server, createSqliteStore({ path, clock })))
        for (const result of await Promise.all(others.map((made) => made.chat(question))))
          check.equal(contentOf(result), text, 'an answer')
        assertInTime(check, performance.now() - startMs, leaseMs + 300, 'how long the others wait')
        check.equal(server.journal.length, 2, 'requests at the provider')
        server.release('go')
        await lost
      }),
    },
    {
      name: 'a lease that is garbage or of another type is no obstacle',
      case: 'nasty',
      run: undisturbed(async (lab) => {
        const { check } = lab
        const redis = await lab.redis()
        for (const garbage of [Buffer.from('garbage'), undefined]) {
          const server = await lab.faults(provider(gated))
          const open = (): ByteStore => openRedis(redis.url)
          const first = handled(start(lab, server, open()).chat(question))
          await server.received(1)
          await redis.spoil(garbage)
          const startMs = performance.now()
          const second = handled(start(lab, server, open()).chat(question))
          await server.received(2)
          assertInTime(check, performance.now() - startMs, 1_000, 'until another one leads')
          server.release('go')
          for (const result of await Promise.all([first, second]))
            check.equal(contentOf(result), text, 'an answer')
          await redis.admin.flushdb()
        }
      }),
    },
  ],
})
