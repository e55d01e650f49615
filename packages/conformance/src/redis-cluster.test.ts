import { responseKey, vectorKey } from '@plumbline/core'
import { createRedisStore, type RedisStore } from '@plumbline/core/redis'
import { Cluster } from 'ioredis'
import { expect, test } from 'vitest'

import { redisMissing, startRedisServer, type RedisServer } from './servers/redis-server.ts'

// A server that `REDIS_URL` names is no cluster of ours.
const missing = process.env['CI'] === undefined ? redisMissing() : undefined
const skipped = missing !== undefined || process.env['REDIS_URL'] !== undefined

const scope = { tenant: 'acme', provider: 'p', policyFingerprint: 'none' }
const keys = Array.from({ length: 40 }, (_, index) =>
  vectorKey(`Text ${index}`, { model: 'm', input: 'any' }, scope),
)
/** A busy machine is no store that is down. */
const timeoutMs = 10_000

const scopes = ['all', 'tenant:a', 'model:b', 'tag:c', 'tag:d', 'tag:e']

/** Through a cluster client, on a node that refuses every command across slots. */
async function onCluster(run: (store: RedisStore, server: RedisServer) => Promise<void>): Promise<void> {
  const server = await startRedisServer({ cluster: true })
  const { hostname, port } = new URL(server.url)
  const client = new Cluster([{ host: hostname, port: Number(port) }])
  try {
    await client.ping()
    await run(createRedisStore({ client, timeoutMs }), server)
  } finally {
    client.disconnect()
    await server.stop()
  }
}

test.skipIf(skipped)('on a cluster a batch of keys of many slots comes back in its order', async () => {
  await onCluster(async (store) => {
    for (const [index, key] of keys.entries())
      if (index % 3 !== 0) await store.set(key, Uint8Array.of(index), 60_000)
    const found = await store.getMany(keys)
    const expected = keys.map((_, index) => (index % 3 === 0 ? undefined : index))
    expect(found.map((bytes) => bytes?.[0])).toEqual(expected)
    await store.delete(keys[1] ?? '')
    expect(await store.get(keys[1] ?? '')).toBeUndefined()
  })
})

test.skipIf(skipped)(
  'on a cluster an epoch is one until it is ended, lost or spoilt, and then another',
  async () => {
    await onCluster(async (store, server) => {
      const { epochs } = store
      const first = await epochs.current(scopes)
      expect(new Set(first).size).toBe(scopes.length)
      expect(await epochs.current(scopes)).toEqual(first)
      await epochs.end('tag:c')
      const second = await epochs.current(scopes)
      expect(second.map((token, index) => token === first[index])).toEqual([
        true,
        true,
        true,
        false,
        true,
        true,
      ])
      await server.admin.del('plumbline:epoch:all')
      await server.admin.del('plumbline:epoch:tag:d')
      await server.admin.rpush('plumbline:epoch:tag:d', 'a list')
      await server.admin.set('plumbline:epoch:tag:e', 'garbage')
      const third = await epochs.current(scopes)
      expect(third.map((token, index) => token === second[index])).toEqual([
        false,
        true,
        true,
        true,
        false,
        false,
      ])
      expect(await epochs.current(scopes)).toEqual(third)
      // A token is kept for longer than entries live, and not for ever.
      expect(await server.admin.pttl('plumbline:epoch:tag:d')).toBeGreaterThan(80 * 86_400_000)
    })
  },
)

test.skipIf(skipped)(
  'on a cluster a lease has one owner, who renews it, frees it or gives it up',
  async () => {
    await onCluster(async ({ leases }) => {
      for (const key of keys.slice(0, 5)) {
        const name = `${key} epochs`
        expect(await leases.acquire(name, 'one', 60_000)).toBe('acquired')
        expect(await leases.acquire(name, 'two', 60_000)).toBe('held')
        expect(await leases.acquire(name, 'one', 60_000)).toBe('acquired')
        await leases.release(name, 'two', 'free')
        expect(await leases.acquire(name, 'two', 60_000)).toBe('held')
        await leases.release(name, 'one', 'free')
        expect(await leases.acquire(name, 'two', 60_000)).toBe('acquired')
        await leases.release(name, 'two', 'given up')
        expect(await leases.acquire(name, 'one', 60_000)).toBe('given up')
      }
    })
  },
)

test.skipIf(skipped)('a node says what it holds, a cluster client refuses to say it of all', async () => {
  await onCluster(async (store, server) => {
    const value = new Uint8Array(500)
    for (const key of keys) await store.set(key, value, 60_000)
    const answer = responseKey({ model: 'm', messages: [{ role: 'user', content: 'a' }] }, scope)
    await store.set(answer, value, 60_000)
    await store.epochs.current(scopes)
    await store.leases.acquire(answer, 'one', 60_000)
    await server.admin.set('of another program', 'value')
    await expect(store.stats()).rejects.toThrow(/nodes of a cluster/)
    const node = createRedisStore({ url: server.url, timeoutMs })
    try {
      const { entries, kinds, lastUsed } = await node.stats()
      expect([entries, kinds.vectors.entries, kinds.answers.entries, kinds.others.entries]).toEqual([
        41, 40, 1, 0,
      ])
      expect(kinds.vectors.bytes).toBeGreaterThan(40 * 500)
      expect(lastUsed).toEqual({ withinHour: 41, withinDay: 0, before: 0 })
    } finally {
      await node.close()
    }
  })
})
