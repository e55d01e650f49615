import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { redisMissing, startRedisServer } from '@plumbline/conformance'
import { createEpochCopy, responseKey, systemClock, vectorKey, type ByteStore } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/plumbline.mjs', import.meta.url))
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-cli-cache-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function cache(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder }
    execFile(process.execPath, [bin, 'cache', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

const scope = { tenant: 'acme', provider: 'p', policyFingerprint: 'none' }

/** Two answers, a vector and one of LangChain's cache. */
async function fill(store: ByteStore): Promise<void> {
  const value = new Uint8Array(1_000)
  for (const text of ['one', 'two'])
    await store.set(
      responseKey({ model: 'm', messages: [{ role: 'user', content: text }] }, scope),
      value,
      60_000,
    )
  await store.set(vectorKey('text', { model: 'm', input: 'text' }, scope), value, 600_000)
  await store.set('plumbline:1:l:digest', value, 600_000)
}

/** What is in it and what is ended, as this process sees it while another one, the command, does it. */
async function tryStore(
  place: string,
  store: ByteStore,
  endings: readonly (readonly string[])[],
): Promise<void> {
  await fill(store)
  const copy = createEpochCopy(store, systemClock)
  const mine = { tenant: 'acme', model: 'm', tags: ['handbook'] }
  const others = { tenant: 'globex', model: 'other' }
  for (const flags of endings) {
    const [before, othersBefore] = [await copy.of(mine), await copy.of(others)]
    const { code, stdout } = await cache('invalidate', '--store', place, ...flags)
    expect([code, stdout]).toEqual([0, expect.stringContaining('within 250 ms')])
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect([flags, (await copy.of(mine)) === before]).toEqual([flags, false])
    expect([flags, (await copy.of(others)) === othersBefore]).toEqual([flags, true])
  }
  const before = await copy.of(others)
  expect((await cache('invalidate', '--store', place, '--all')).code).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect((await copy.of(others)) === before).toBe(false)

  const stats = JSON.parse((await cache('stats', '--store', place, '--json')).stdout)
  expect(stats).toMatchObject({
    schemaVersion: 1,
    kind: store.kind,
    entries: 4,
    kinds: {
      answers: { entries: 2 },
      vectors: { entries: 1 },
      langchainAnswers: { entries: 1 },
      others: { entries: 0, bytes: 0 },
    },
    lastUsed: { withinHour: 4, withinDay: 0, before: 0 },
  })
  expect(stats.kinds.answers.bytes).toBeGreaterThanOrEqual(2_000)
  expect(stats.bytes).toBeGreaterThanOrEqual(4_000)
  const { stdout } = await cache('stats', '--store', place)
  expect(stdout).toMatch(/^answers +2 +\d{4}$/m)
  expect(stdout).toContain('By tenant, model and tag: not measured')
}

test('a SQLite store says what it holds, and another process ends it', { timeout: 300_000 }, async () => {
  const store = createSqliteStore({ path: join(folder, 'cache.db') })
  const endings = [
    ['--tag', 'handbook'],
    ['--tenant', 'acme'],
    ['--model', 'm'],
  ]
  await tryStore('cache.db', store, endings)
  await store.close()
})

test.skipIf(redisMissing() !== undefined && process.env['CI'] === undefined)(
  'so does a Redis, which may not know when its entries were used, and may be gone',
  { timeout: 300_000 },
  async () => {
    const server = await startRedisServer()
    const store = createRedisStore({ url: server.url, timeoutMs: 5_000 })
    try {
      await tryStore(server.url, store, [['--tag', 'handbook']])
      await server.admin.config('SET', 'maxmemory-policy', 'allkeys-lfu')
      const { stdout } = await cache('stats', '--store', server.url)
      expect(stdout).toMatch(/^within an hour +not measured/m)
      await server.kill()
      const place = server.url.replace('redis://', 'redis://user:password@')
      const gone = await cache('invalidate', '--store', place, '--all')
      expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('may still be served')])
      expect(gone.stderr).not.toContain('password')
      expect((await cache('stats', '--store', place)).code).toBe(1)
    } finally {
      await store.close()
      await server.stop()
    }
  },
)

test('a database of somebody else is refused, and left as it is', async () => {
  const path = join(folder, 'other.db')
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE mine (id INTEGER)')
  for (const verb of [['stats'], ['invalidate', '--all']]) {
    const { code, stderr } = await cache(...verb, '--store', 'other.db')
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no store of createSqliteStore')])
  }
  expect(database.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'mine' }])
  database.close()
  writeFileSync(join(folder, 'text.db'), 'no database, and longer than the header of one'.repeat(10))
  const { code, stderr } = await cache('stats', '--store', 'text.db')
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be read')])
})
