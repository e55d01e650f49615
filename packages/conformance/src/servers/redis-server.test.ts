import { Redis } from 'ioredis'
import { expect, test } from 'vitest'

import { redisMissing, startRedisServer } from './redis-server.ts'

const missing = redisMissing()

test('CI has a Redis server', () => {
  expect(process.env['CI'] !== undefined && missing !== undefined ? missing : '').toBe('')
})

/** Whether a new client is answered. */
async function answersWithin(url: string, limitMs: number): Promise<boolean> {
  const client = new Redis(url, { retryStrategy: () => null })
  client.on('error', () => {})
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)))
  const answered = client.ping().then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
    client.disconnect()
  }
}

/** Directly, and through the relay that stands before a server of somebody else's. */
const ways = ['a process of our own', 'a server that REDIS_URL names'] as const

test.skipIf(missing).each(ways)('%s can be frozen, killed, restarted, filled and spoilt', async (way) => {
  const before = process.env['REDIS_URL']
  const behind = way === 'a process of our own' ? undefined : await startRedisServer()
  if (behind) process.env['REDIS_URL'] = behind.url
  const server = await startRedisServer()
  try {
    expect(await answersWithin(server.url, 1_000)).toBe(true)
    server.freeze()
    expect(await answersWithin(server.url, 100)).toBe(false)
    server.thaw()
    expect(await answersWithin(server.url, 1_000)).toBe(true)

    await server.admin.set('key', 'value')
    await server.spoil(undefined)
    expect(await server.admin.type('key')).toBe('list')
    await server.spoil(Buffer.from('garbage'))
    expect(await server.admin.get('key')).toBe('garbage')

    const full = await server.fill()
    await expect(server.admin.set('another', 'value')).rejects.toThrow(/OOM/)
    await full.undo()
    expect(await server.admin.set('another', 'value')).toBe('OK')

    server.freeze()
    await server.kill()
    expect(await answersWithin(server.url, 1_000)).toBe(false)
    await server.restart()
    expect(await server.admin.dbsize()).toBe(0)
  } finally {
    await server.stop()
    await behind?.stop()
    if (before === undefined) delete process.env['REDIS_URL']
    else process.env['REDIS_URL'] = before
  }
})

test.skipIf(missing ?? process.env['REDIS_URL'])('a cluster refuses what reaches across slots', async () => {
  const server = await startRedisServer({ cluster: true })
  try {
    await expect(server.admin.mget('a', 'b')).rejects.toThrow(/CROSSSLOT/)
    expect(await server.admin.mget('{a}1', '{a}2')).toEqual([null, null])
  } finally {
    await server.stop()
  }
})
