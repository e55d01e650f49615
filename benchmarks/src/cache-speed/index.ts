import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { InMemoryCache } from '@langchain/core/caches'
import { redisMissing, startRedisServer } from '@plumbline/conformance'
import { createMemoryStore, encodeEntry } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'
import { ResponseCache } from '@plumbline/langchain'
import type { CacheSpeed, SpeedComparison, SpeedRow } from '@plumbline/report'
import { Redis } from 'ioredis'

import { besideFirst } from '../method/beside-first.ts'
import { median } from '../method/bootstrap-median.ts'
import { interleave } from '../method/interleave.ts'
import {
  canonicalJsonAndHash,
  langChainHit,
  ownKey,
  rawGet,
  rawSelect,
  storeHit,
  wholeCalls,
  type Contestant,
} from './contestants.ts'
import { measureFrozen } from './frozen-redis.ts'
import { answer, askAtLength } from './question.ts'

export interface CacheSpeedOptions {
  /** Rounds that are counted; each runs every row twice. */
  rounds: number
  /** Hits of each row in each of the two. */
  hitsPerTurn: number
  /** How often a Redis is frozen. */
  freezes: number
  seed: number
  onProgress?: (what: string) => void
}

const promptChars = 10_000
const shortChars = 200

/** What a hit costs, beside what it cannot be cheaper than and beside LangChain's own; and what a store that is silent costs. */
export async function measureCacheSpeed(options: CacheSpeedOptions): Promise<CacheSpeed> {
  const { rounds, hitsPerTurn, freezes, seed, onProgress } = options
  const request = askAtLength(promptChars, seed)
  const entry = encodeEntry('k'.repeat(100), {
    response: answer,
    createdAt: 0,
    expiresAt: 9e15,
    epochs: 'e'.repeat(22),
  })
  const comparisons: SpeedComparison[] = []
  const compare = async (name: string, contestants: readonly Contestant[], atMost: Limits = {}) => {
    onProgress?.(`${name}, ${rounds} rounds`)
    comparisons.push(...(await compareHits({ ...options, name, contestants, atMost })))
  }

  const inMemory = await storeHit('a hit in memory', createMemoryStore(), request)
  await compare(
    'in memory, beside LangChain',
    [
      await langChainHit('InMemoryCache.lookup', new InMemoryCache(), request),
      await langChainHit('InMemoryCache.lookup again (A/A)', new InMemoryCache(), request),
      await langChainHit('ResponseCache.lookup', new ResponseCache(), request),
      inMemory,
    ],
    { 'ResponseCache.lookup': 0.25, 'a hit in memory': 0.25 },
  )
  await compare(
    'in memory, beside canonical JSON and SHA-256',
    [
      canonicalJsonAndHash('json-canonicalize and SHA-256', request),
      canonicalJsonAndHash('json-canonicalize and SHA-256 again (A/A)', request),
      ownKey('the key alone', request),
      inMemory,
    ],
    { 'a hit in memory': 1.3 },
  )
  await compare('whole calls that hit in memory', await wholeCalls(request))

  const folder = mkdtempSync(join(tmpdir(), 'plumbline-cache-speed-'))
  const sqlite = createSqliteStore({ path: join(folder, 'cache.db') })
  const raw = [1, 2].map((number) =>
    rawSelect('SELECT by node:sqlite', join(folder, `raw-${number}.db`), entry),
  )
  await compare('in SQLite', [
    ...raw.map(({ name, run }, index) => ({ name: index === 0 ? name : `${name} again (A/A)`, run })),
    await storeHit('a hit in SQLite', sqlite, request),
  ])
  sqlite.close()
  for (const one of raw) one.close()
  rmSync(folder, { recursive: true })

  const measured = { rounds, hitsPerTurn, seed, promptChars, entryBytes: entry.byteLength, comparisons }
  if (redisMissing() !== undefined) return measured
  const server = await startRedisServer()
  // A hit that a busy machine makes late is to be measured, not missed.
  const store = createRedisStore({ url: server.url, timeoutMs: 10_000 })
  const clients = [new Redis(server.url), new Redis(server.url)]
  try {
    const [one, other] = await Promise.all(clients.map((client) => rawGet('GET by ioredis', client, entry)))
    if (one === undefined || other === undefined) throw new Error('There are two clients.')
    await compare(
      'in Redis',
      [
        one,
        { ...other, name: `${other.name} again (A/A)` },
        await storeHit('a hit in Redis', store, request),
        await storeHit('a hit in Redis, short question', store, askAtLength(shortChars, seed)),
      ],
      { 'a hit in Redis': 1.3, 'a hit in Redis, short question': 1.3 },
    )
    onProgress?.(`a Redis that is frozen ${freezes} times`)
    return { ...measured, frozen: await measureFrozen(server, freezes) }
  } finally {
    await store.close()
    for (const client of clients) client.disconnect()
    await server.stop()
  }
}

/** By the names of rows: the ratio to the first that is allowed. */
type Limits = Readonly<Record<string, number>>

/** The contestants side by side: CPU time, and the time by the clock where they wait for another process. */
async function compareHits(options: {
  name: string
  contestants: readonly Contestant[]
  atMost: Limits
  rounds: number
  hitsPerTurn: number
  seed: number
}): Promise<SpeedComparison[]> {
  const { name, contestants, atMost, rounds, hitsPerTurn, seed } = options
  const clockUs = contestants.map((): number[] => [])
  const turns = contestants.map(({ run }, index) => async () => {
    const began = performance.now()
    const before = process.cpuUsage()
    for (let hit = 0; hit < hitsPerTurn; hit++) await run()
    const { user, system } = process.cpuUsage(before)
    clockUs[index]?.push(((performance.now() - began) * 1_000) / hitsPerTurn)
    return (user + system) / hitsPerTurn
  })
  const warmUpRounds = Math.ceil(1_000 / hitsPerTurn)
  const cpuUs = await interleave({ turns, rounds, warmUpRounds })
  const waits = name === 'in Redis'
  // Two turns a round, of which the warm-up is none.
  const byRound = clockUs.map((turnUs) =>
    Array.from({ length: rounds }, (_, round) => {
      const at = 2 * (round + warmUpRounds)
      return ((turnUs[at] ?? Number.NaN) + (turnUs[at + 1] ?? Number.NaN)) / 2
    }),
  )
  return [
    ...(waits ? [{ name, unit: 'us by the clock' as const, rows: toRows(byRound) }] : []),
    { name, unit: 'CPU us' as const, rows: toRows(cpuUs) },
  ]

  function toRows(samples: readonly number[][]): SpeedRow[] {
    const beside = besideFirst(samples, seed)
    return contestants.map((contestant, index) => {
      const own = samples[index] ?? []
      const limit = atMost[contestant.name]
      const { ratio, noDifferenceShown = true } = beside[index] ?? {}
      return {
        name: contestant.name,
        us: median(own),
        samples: own,
        ...(ratio && { toBaseline: ratio, ...(limit !== undefined && { atMost: limit }) }),
        noDifferenceShown,
      }
    })
  }
}
