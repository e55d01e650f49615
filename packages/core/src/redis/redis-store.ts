import { randomUUID } from 'node:crypto'

import type { Cluster, Redis, RedisOptions } from 'ioredis'

import { givenUpMs, longestTtlMs, type ByteStore, type Epochs, type Leases } from '../cache/store.ts'
import { entryKind, noEntries, useAge, type StoreStats } from '../cache/store-stats.ts'
import { systemClock, type Clock } from '../contract/clock.ts'
import { createStoreGate, type StoreGate } from './store-gate.ts'

export interface RedisStoreOptions {
  /** `redis://` or, over TLS, `rediss://`. */
  url?: string
  /** Instead of a URL: a client or a cluster of one's own, which the store does not close. */
  client?: Redis | Cluster
  /**
   * How long any operation may take, in ms; one that nobody waits for, from the last answer of the server on. Default 60: a call that
   * finds the store silent is then at most 100 ms late (CAC-16), on a busy machine too.
   */
  timeoutMs?: number
  clock?: Clock
}

export interface RedisStore extends ByteStore {
  readonly epochs: Epochs
  readonly leases: Leases
  /**
   * Goes through all keys by `SCAN`, with `MEMORY USAGE` and `OBJECT IDLETIME` of ours: no command holds the server up, and no entry is
   * touched. Keys that come or go meanwhile may be missing or counted twice; of a cluster, ask the nodes one by one.
   */
  stats(): Promise<StoreStats>
}

/** Of an epoch: longer than entries live. One that has gone ends, which costs hits and nothing else. */
const epochTtlMs = 90 * 86_400_000

/** Keys of one read. Two thousand vectors are 12 MB, which no time limit of one operation is made for. */
const keysAtOnce = 64

/** Of an epoch's token, a UUID. */
const tokenLength = 36

/** The epoch of a scope, begun where there is none; what is none (a text of another length, another type) is replaced. */
const beginEpochScript = `
local token = redis.pcall('GET', KEYS[1])
if type(token) == 'string' and #token == ${tokenLength} then return token end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`

/** Takes a free lease or renews one's own; answers with the owner. What is no lease (no text, or without an end) is no obstacle. */
const acquireScript = `
local owner = redis.pcall('GET', KEYS[1])
if type(owner) ~= 'string' or owner == ARGV[1] or redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]
end
return owner`

/** Ends one's own lease; with a time, in ms, it is remembered as given up for so long. */
const releaseScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
  if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], '', 'PX', ARGV[2]) end
end`

/**
 * A store in Redis (from 6.2) or Valkey, shared by every process that names it. Its operations reject within `timeoutMs` when
 * the server is down, frozen or full, and at once after a few failures in a row, until it answers again. No command names keys
 * of two slots of a cluster. Needs `ioredis`, which is loaded with the first operation.
 */
export function createRedisStore(options: RedisStoreOptions): RedisStore {
  const { url, client: given, timeoutMs = 60, clock = systemClock } = options
  if ((url === undefined) === (given === undefined))
    throw new TypeError('createRedisStore takes a url or a client, and not both.')
  let client: Redis | Cluster | undefined = given
  let connecting: Promise<void> | undefined = given ? Promise.resolve() : undefined
  let isConnected = given !== undefined
  let isClosed = false
  const reads = createStoreGate(clock)
  const writes = createStoreGate(clock)
  let answeredAtMs = -Infinity

  async function connect(): Promise<void> {
    // ioredis takes 40 ms to import.
    const { Redis: Client } = await import('ioredis')
    if (isClosed) return
    const own = new Client(url ?? '', clientOptions)
    client = own
    // It tries again by itself; what it has to say is said by the operations that fail.
    own.on('error', () => {})
    await new Promise<void>((resolve) => own.once('ready', resolve))
    isConnected = true
  }

  /**
   * The operation's result, or a rejection within `timeoutMs`, of which the gate is told once. One promise round the client's own: each
   * more that a hit waits for costs it a turn.
   */
  function within<T>(operation: (redis: Redis | Cluster) => Promise<T>, gate?: StoreGate): Promise<Found<T>> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const fail = (error: unknown): void => {
        if (isOver) return
        isOver = true
        cancel()
        gate?.failed()
        reject(error)
      }
      const expire = (): void => {
        if (isOver) return
        // The writes of a large batch wait for one another, and not for a server that is silent.
        if (gate === writes && clock.monotonicMs() - answeredAtMs < timeoutMs) wait()
        else fail(new Error(`Redis did not answer within ${timeoutMs} ms.`))
      }
      let cancel = (): void => {}
      const wait = (): void => {
        if (isOver) return
        // What has come while this process was busy is read before its time is over.
        cancel = clock.setTimer(timeoutMs, () => void setImmediate(expire))
      }
      // Hundreds of writes are made in one go, which this process sends when it is free again.
      if (gate === writes) setImmediate(wait)
      else wait()
      const begun = isConnected && client ? operation(client) : connected().then(operation)
      begun.then((value) => {
        answeredAtMs = clock.monotonicMs()
        if (isOver) return
        isOver = true
        cancel()
        gate?.succeeded()
        // What is not there is null to the client.
        resolve((value ?? undefined) as Found<T>)
      }, fail)
    })
  }

  async function connected(): Promise<Redis | Cluster> {
    await (connecting ??= connect())
    if (client === undefined) throw new Error('The Redis store is closed.')
    return client
  }

  const leftAlone = (): Error => new Error('Redis has failed several times and is left alone for a moment.')

  /** Something that a call waits for. */
  function read<T>(operation: (redis: Redis | Cluster) => Promise<T>): Promise<Found<T>> {
    if (reads.isOpen()) return within(operation, reads)
    // The probe is nobody's call.
    if (reads.mayTry()) within((redis) => redis.ping(), reads).catch(() => {})
    return Promise.reject(leftAlone())
  }

  /** Something that nobody waits for: it can be its own probe, but not of a server that is silent. */
  function write<T>(operation: (redis: Redis | Cluster) => Promise<T>): Promise<Found<T>> {
    if (!reads.isOpen()) return read(operation)
    if (!writes.isOpen() && !writes.mayTry()) return Promise.reject(leftAlone())
    return within(operation, writes)
  }

  function many(keys: readonly string[], redis: Redis | Cluster): Promise<(Buffer | null)[]> {
    // The keys of a batch lie in many slots.
    if (redis.isCluster) return Promise.all(keys.map((key) => redis.getBuffer(key)))
    return redis.mgetBuffer([...keys])
  }

  async function epochTokens(keys: string[], redis: Redis | Cluster): Promise<(string | undefined)[]> {
    const found = redis.isCluster
      ? // Of another type: as `MGET` has it.
        await Promise.all(keys.map((key) => redis.get(key).catch(() => null)))
      : await redis.mget(keys)
    return found.map((token) => (token?.length === tokenLength ? token : undefined))
  }

  async function beginEpoch(key: string, redis: Redis | Cluster): Promise<string> {
    return String(await redis.eval(beginEpochScript, 1, key, randomUUID(), epochTtlMs))
  }

  return {
    kind: 'redis',
    get: (key) => read((redis) => redis.getBuffer(key)),
    async getMany(keys) {
      const found: (Buffer | undefined)[] = []
      for (let start = 0; start < keys.length; start += keysAtOnce) {
        const some = keys.slice(start, start + keysAtOnce)
        found.push(...(await read((redis) => many(some, redis))).map((value) => value ?? undefined))
      }
      return found
    },
    async set(key, value, ttlMs) {
      // An absolute time: a command that a frozen server reads late must not make an entry live longer.
      const expiresAt = Math.round(clock.now() + Math.min(ttlMs, longestTtlMs))
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      await write((redis) => redis.set(key, bytes, 'PXAT', expiresAt))
    },
    async delete(key) {
      await write((redis) => redis.del(key))
    },
    async ping() {
      await within((redis) => redis.ping())
    },
    async close() {
      isClosed = true
      if (given === undefined) client?.disconnect()
    },

    epochs: {
      async current(scopes) {
        const tokens = await read(async (redis) => {
          const found = await epochTokens(scopes.map(epochKey), redis)
          return Promise.allSettled(
            found.map((token, index) => token ?? beginEpoch(epochKey(scopes[index] ?? ''), redis)),
          )
        })
        return tokens.map((result) => {
          if (result.status === 'fulfilled') return result.value
          // A full server begins no epoch and still serves what it has: this is no failed read.
          throw result.reason
        })
      },
      async end(scope) {
        await within((redis) => redis.set(epochKey(scope), randomUUID(), 'PX', epochTtlMs))
      },
    },

    leases: {
      async acquire(name, owner, ttlMs) {
        const holder = await read((redis) => redis.eval(acquireScript, 1, leaseKey(name), owner, ttlMs))
        if (holder === owner) return 'acquired'
        return holder === '' ? 'given up' : 'held'
      },
      async release(name, owner, end) {
        const rememberMs = end === 'free' ? 0 : givenUpMs
        await write((redis) => redis.eval(releaseScript, 1, leaseKey(name), owner, rememberMs))
      },
    },

    async stats() {
      const redis = await within(() => connected())
      if (redis.isCluster) throw new TypeError('Ask the nodes of a cluster one by one.')
      const node = redis as Redis // As was just found.
      const kinds = noEntries()
      const lastUsed = { withinHour: 0, withinDay: 0, before: 0 }
      let entries = 0
      let knowsUse = true
      let cursor = '0'
      do {
        const [next, found] = await within(() => node.scan(cursor, 'MATCH', 'plumbline:*', 'COUNT', 1_000))
        const keys = found.filter((key) => !key.startsWith(epochKey('')))
        const asked = node.pipeline()
        for (const key of keys) asked.memory('USAGE', key).object('IDLETIME', key)
        const answers = (await within(() => asked.exec())) ?? []
        for (const [index, key] of keys.entries()) {
          const [, bytes] = answers[2 * index] ?? []
          const [refused, idleSeconds] = answers[2 * index + 1] ?? []
          // It has gone meanwhile.
          if (typeof bytes !== 'number') continue
          const kind = kinds[entryKind(key)]
          kind.entries++
          kind.bytes += bytes
          entries++
          // A server that evicts the least frequently used does not know it.
          if (refused) knowsUse = false
          else lastUsed[useAge(Number(idleSeconds) * 1_000)]++
        }
        cursor = next
      } while (cursor !== '0')
      const memory = /used_memory:(\d+)/.exec(await within(() => node.info('memory')))?.[1]
      return { entries, bytes: Number(memory), kinds, lastUsed: knowsUse ? lastUsed : undefined }
    },
  }
}

/** A client's answer, in which what is not there is undefined. */
type Found<T> = T extends null ? undefined : T

/** Nothing waits in a queue, nothing is sent twice, and it connects again for ever. */
const clientOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 1_000,
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000),
} satisfies RedisOptions

const epochKey = (scope: string): string => `plumbline:epoch:${scope}`

/** In the slot of what the lease is for. */
const leaseKey = (name: string): string => `{${name}}:lease`
