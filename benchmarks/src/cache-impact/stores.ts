import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { redisMissing, startRedisServer } from '@plumbline/conformance'
import type { ByteStore } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'

/** A store that says how many of its operations are under way: they take real time, which a virtual clock must wait for. */
export interface WatchedStore extends ByteStore {
  readonly pending: number
}

/** An empty store, and what ends it. */
export interface OpenStore {
  store: WatchedStore
  close(): Promise<void>
}

/** The stores that outlive a process, each with how an empty one is opened. Redis is left out where there is none. */
export function outlivingStores(): { name: 'sqlite' | 'redis'; open(): Promise<OpenStore> }[] {
  return [
    { name: 'sqlite', open: openSqlite },
    ...(redisMissing() === undefined ? [{ name: 'redis' as const, open: openRedis }] : []),
  ]
}

async function openSqlite(): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'cache-impact-'))
  const store = createSqliteStore({ path: join(folder, 'cache.db') })
  return {
    store: watchStore(store),
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openRedis(): Promise<OpenStore> {
  const server = await startRedisServer()
  // What is counted must not depend on how busy the machine is.
  const store = createRedisStore({ url: server.url, timeoutMs: 10_000 })
  return {
    store: watchStore(store),
    async close() {
      await store.close()
      await server.stop()
    },
  }
}

/**
 * The plain store alone: leases wait on the clock for other processes, of which there are none. `close` is left to whoever opened it,
 * so that the next pipeline finds it warm.
 */
function watchStore(store: ByteStore): WatchedStore {
  let pending = 0
  async function watch<T>(operation: () => T | Promise<T>): Promise<T> {
    pending++
    try {
      return await operation()
    } finally {
      pending--
    }
  }
  return {
    kind: store.kind,
    get pending() {
      return pending
    },
    get: (key) => watch(() => store.get(key)),
    getMany: (keys) => watch(() => store.getMany(keys)),
    set: (key, value, ttlMs) => watch(() => store.set(key, value, ttlMs)),
    delete: (key) => watch(() => store.delete(key)),
    ping: () => store.ping(),
    close() {},
  }
}
