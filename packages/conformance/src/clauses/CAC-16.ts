import { createServer } from 'node:net'
import { once } from 'node:events'

import { systemClock, type Pipeline } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Exchange, FaultServer } from '../servers/fault-server.ts'
import { provider, type Reply } from '../servers/provider.ts'
import type { RedisServer } from '../servers/redis-server.ts'
import { assertInTime, undisturbed } from '../timing.ts'

const numbered = (request: Exchange): Reply => ({ text: `Answer ${request.index}` })

/** A call and its answer, and how long it took, in ms. */
async function timed(made: Pipeline, question: string): Promise<{ text: string; tookMs: number }> {
  const startMs = performance.now()
  const { response } = await made.chat(askCacheable(question))
  return { text: String(response.choices[0]?.message.content), tookMs: performance.now() - startMs }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

/** A question that nobody has asked. */
const fresh = (server: FaultServer): string => `Question after ${server.journal.length} requests`

interface Started {
  redis: RedisServer
  server: FaultServer
  made: Pipeline
}

/** A pipeline on a Redis of its own that has answered from it once. */
async function start(
  { check, faults, pipeline, redis: startRedis }: Lab,
  { timeoutMs }: { timeoutMs?: number } = {},
): Promise<Started> {
  const redis = await startRedis()
  const server = await faults(provider(numbered))
  const store = createRedisStore({ url: redis.url, ...(timeoutMs !== undefined && { timeoutMs }) })
  const made = pipeline({ server, clock: systemClock, responseCache: { store } })
  await untilHit(made, server, check)
  return { redis, server, made }
}

/** Asks until the answer comes from the store; fails after five seconds of misses. */
async function untilHit(
  made: Pipeline,
  server: FaultServer,
  check: Lab['check'],
  question = `Is anybody there after ${server.journal.length} requests?`,
): Promise<void> {
  const startMs = performance.now()
  for (;;) {
    const before = server.journal.length
    await made.chat(askCacheable(question))
    if (server.journal.length === before) break
    check.ok(performance.now() - startMs < 5_000, 'the store answers again')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Misses, late at first and then not, every one of them answered, and counted. */
async function expectMisses({ check }: Lab, { server, made }: Started, what: string): Promise<void> {
  const lossesBefore = lossesOf(made)
  for (let call = 0; call < 4; call++) {
    const index = server.journal.length
    const { text, tookMs } = await timed(made, `A question while it is ${what}, ${index}`)
    check.equal(text, `Answer ${index}`, `an answer of the provider while the store is ${what}`)
    assertInTime(check, tookMs, 100, `a call while the store is ${what}`)
  }
  for (let call = 0; call < 3; call++) {
    const { tookMs } = await timed(made, `A later question while it is ${what}, ${server.journal.length}`)
    assertInTime(check, tookMs, 40, `a call once it is known that the store is ${what}`)
  }
  // Long enough for the store to be tried again, which must be nobody's call.
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  for (let call = 0; call < 2; call++) {
    const { tookMs } = await timed(made, `A question after a while, ${server.journal.length}`)
    assertInTime(check, tookMs, 40, `a call while a store that is ${what} is tried again`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  check.ok(lossesOf(made) > lossesBefore, `losses are counted while the store is ${what}`)
}

function lossesOf(made: Pipeline): number {
  const { losses } = made.metrics.summary()
  return Object.entries(losses)
    .filter(([kind]) => kind.startsWith('cache'))
    .reduce((sum, [, count]) => sum + count, 0)
}

export const CAC16 = defineClause({
  id: 'CAC-16',
  sentence:
    'A store that is down, slow, full, of the wrong type or holds garbage is a miss, counted, at most 100 ms late, and after a few failures costs nothing until it recovers by itself.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache', 'byte-store', 'metrics'],
  requires: 'redis',
  scenarios: [
    {
      name: 'a store that is killed costs nothing after a few calls, and is used again when it is back',
      case: 'ordinary',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const started = await start(lab)
        await started.redis.kill()
        await expectMisses(lab, started, 'down')
        await started.redis.restart()
        await untilHit(started.made, started.server, lab.check)
      }),
    },
    {
      name: 'a store that was never there is a miss from the first call on',
      case: 'boundary',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const redis = await lab.redis()
        await redis.kill()
        const server = await lab.faults(provider(numbered))
        const store = createRedisStore({ url: redis.url })
        const made = lab.pipeline({ server, clock: systemClock, responseCache: { store } })
        // The first call loads the client.
        await made.chat(askCacheable('Hello'))
        await expectMisses(lab, { redis, server, made }, 'not there')
        await redis.restart()
        await untilHit(made, server, lab.check)
      }),
    },
    {
      name: 'a store that is frozen is as late as one timeout and then costs nothing, for streams and many calls at once too',
      case: 'nasty',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const { check } = lab
        const started = await start(lab)
        const { redis, server, made } = started
        const streamed = (): Promise<number> =>
          took(async () => readAll(made.stream(askCacheable(fresh(server)))))
        const many = (): Promise<number> =>
          took(() =>
            Promise.all(Array.from({ length: 16 }, (_, index) => timed(made, `${fresh(server)} ${index}`))),
          )
        // The same with a store that answers: what is over that is the store's.
        const [streamMs, manyMs] = [
          Math.max(await streamed(), await streamed()),
          Math.max(await many(), await many()),
        ]
        redis.freeze()
        assertInTime(check, (await streamed()) - streamMs, 100, 'what a frozen store adds to a stream')
        assertInTime(check, (await many()) - manyMs, 100, 'what a frozen store adds to 16 calls at once')
        await expectMisses(lab, started, 'frozen')
        redis.thaw()
        await untilHit(made, server, check)
      }),
    },
    {
      name: 'a store that is full is a failed write and still serves what it has',
      case: 'nasty',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const { check } = lab
        // A full Redis answers at once; what a busy machine delays is not what is asked.
        const started = await start(lab, { timeoutMs: 10_000 })
        const { redis, server, made } = started
        await untilHit(made, server, check, 'Kept')
        const full = await redis.fill()
        await expectMisses(lab, started, 'full')
        const before = server.journal.length
        await made.chat(askCacheable('Kept'))
        check.equal(server.journal.length, before, 'requests for an answer that a full store has')
        await full.undo()
        await untilHit(made, server, check)
      }),
    },
    {
      name: 'keys of another type and garbage are misses, counted, and are replaced',
      case: 'nasty',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const { check } = lab
        const { redis, server, made } = await start(lab)
        const spoilings = [undefined, Buffer.from('garbage'), Buffer.alloc(0), Buffer.alloc(100_000, 0xff)]
        for (const [index, bytes] of spoilings.entries()) {
          const question = `Spoilt ${index}`
          await untilHit(made, server, check, question)
          await redis.spoil(bytes)
          const [before, lossesBefore] = [server.journal.length, lossesOf(made)]
          const { text, tookMs } = await timed(made, question)
          check.equal(text, `Answer ${before}`, 'an answer of the provider')
          assertInTime(check, tookMs, 100, 'a call for a spoilt entry')
          check.ok(lossesOf(made) > lossesBefore, `spoiling ${index} is counted`)
          await untilHit(made, server, check)
        }
      }),
    },
    {
      name: 'a server that is no Redis at all is a miss',
      case: 'nasty',
      limitMs: 120_000,
      run: undisturbed(async (lab) => {
        const stranger = createServer((socket) => {
          socket.on('error', () => {})
          socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
        }).listen(0, '127.0.0.1')
        await once(stranger, 'listening')
        const address = stranger.address()
        const port = typeof address === 'object' ? address?.port : 0
        const server = await lab.faults(provider(numbered))
        const store = createRedisStore({ url: `redis://127.0.0.1:${port}` })
        const made = lab.pipeline({ server, clock: systemClock, responseCache: { store } })
        try {
          await made.chat(askCacheable('Hello'))
          for (let call = 0; call < 6; call++) {
            const { text, tookMs } = await timed(made, `Question ${call}`)
            lab.check.equal(text, `Answer ${call + 1}`, 'an answer of the provider')
            assertInTime(lab.check, tookMs, 100, 'a call with a stranger for a store')
          }
          lab.check.ok(lossesOf(made) > 0, 'it is counted')
        } finally {
          await made.close()
          stranger.close()
        }
      }),
    },
  ],
})
