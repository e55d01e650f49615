import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createMemoryStore } from '../cache/memory-store.ts'
import { createSqliteStore } from './sqlite-store.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-sqlite-'))
  path = join(folder, 'cache.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what one store writes another on the same file reads, also after both were closed', () => {
  const one = createSqliteStore({ path })
  const other = createSqliteStore({ path })
  one.set('a', bytes('first'), 60_000)
  other.set('b', bytes('second'), 60_000)
  one.set('b', bytes('third'), 60_000)
  expect(other.getMany(['a', 'b', 'c'])).toEqual([bytes('first'), bytes('third'), undefined])
  one.close()
  other.close()
  const later = createSqliteStore({ path })
  expect(later.get('b')).toEqual(bytes('third'))
  later.delete('b')
  expect(later.get('b')).toBeUndefined()
  later.close()
})

test('an entry ends with its time', () => {
  let now = 1_000_000
  const clock = { now: () => now, monotonicMs: () => now, setTimer: () => () => {} }
  const store = createSqliteStore({ path, clock })
  store.set('a', bytes('x'), 100)
  now += 99
  expect(store.get('a')).toEqual(bytes('x'))
  now += 1
  expect(store.get('a')).toBeUndefined()
  store.close()
})

test.each([Number.MAX_SAFE_INTEGER, 1e300, Infinity])('an entry for %d ms is kept and read', (ttlMs) => {
  const store = createSqliteStore({ path })
  store.set('a', bytes('x'), ttlMs)
  expect(store.get('a')).toEqual(bytes('x'))
  store.close()
})

test('the file stays within its bound, and what was used last stays', () => {
  let now = 0
  const clock = { now: () => now, monotonicMs: () => now, setTimer: () => () => {} }
  const maxBytes = 2 * 1024 ** 2
  const store = createSqliteStore({ path, maxBytes, clock })
  store.set('kept', bytes('kept'), 1e9)
  for (let index = 0; index < 3_000; index++) {
    if (index % 50 === 0) {
      now += 60_000
      store.get('kept')
    }
    store.set(`key-${index}`, new Uint8Array(4_000), 1e9)
  }
  expect(store.get('kept')).toEqual(bytes('kept'))
  expect(store.get('key-0')).toBeUndefined()
  expect(store.get('key-2999')).toBeDefined()
  store.set('huge', new Uint8Array(maxBytes), 1e9)
  expect(store.get('huge')).toBeUndefined()
  expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes)
  store.close()
  expect(statSync(path).size).toBeLessThanOrEqual(maxBytes)
})

test('a batch is written whole or not at all', () => {
  const store = createSqliteStore({ path })
  const broken = [['a', bytes('x')] as const, ['b', undefined as unknown as Uint8Array] as const]
  expect(() => store.setMany(broken, 60_000)).toThrow()
  expect(store.get('a')).toBeUndefined()
  store.setMany([['a', bytes('x')]], 60_000)
  expect(store.get('a')).toEqual(bytes('x'))
  store.close()
})

test('a database that is no cache is refused and stays as it is, whatever its tables are called', () => {
  const foreign = new DatabaseSync(path)
  foreign.exec("CREATE TABLE entry (note TEXT); INSERT INTO entry VALUES ('ours')")
  expect(() => createSqliteStore({ path })).toThrow(/no cache/)
  expect(foreign.prepare('SELECT note FROM entry').all()).toEqual([{ note: 'ours' }])
  expect(foreign.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
  foreign.close()
})

test('opening waits for a process that is writing', async () => {
  createSqliteStore({ path }).close()
  const program = `const database = new (require('node:sqlite').DatabaseSync)(process.argv[1])
    database.exec('BEGIN IMMEDIATE')
    console.log('writes')
    setTimeout(() => database.exec('COMMIT'), 300)`
  const writer = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(writer.stdout, 'data')
  const store = createSqliteStore({ path })
  store.set('a', bytes('x'), 60_000)
  expect(store.get('a')).toEqual(bytes('x'))
  store.close()
  await once(writer, 'exit')
})

test('an empty file becomes one, one of a newer schema is refused, and so is one that is no database', () => {
  writeFileSync(path, '')
  const store = createSqliteStore({ path })
  store.set('a', bytes('x'), 60_000)
  expect(store.get('a')).toEqual(bytes('x'))
  store.close()
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 9')
  newer.close()
  expect(() => createSqliteStore({ path })).toThrow(/schema 9/)
  expect(() => createSqliteStore({ path, maxBytes: 1.5 })).toThrow(/maxBytes.*1\.5/)
  expect(() => createSqliteStore({ path: import.meta.filename })).toThrow(/not a database/)
})

test('one of two owners has a lease, until it ends it or its time has passed', () => {
  let now = 0
  const clock = { now: () => now, monotonicMs: () => now, setTimer: () => () => {} }
  const { leases, close } = createSqliteStore({ path, clock })
  expect(leases.acquire('a', 'one', 1_000)).toBe('acquired')
  expect(leases.acquire('a', 'two', 1_000)).toBe('held')
  now = 900
  expect(leases.acquire('a', 'one', 1_000)).toBe('acquired')
  now = 1_899
  expect(leases.acquire('a', 'two', 1_000)).toBe('held')
  now = 1_900
  expect(leases.acquire('a', 'two', 1_000)).toBe('acquired')
  // It is another's by now.
  void leases.release('a', 'one', 'free')
  expect(leases.acquire('a', 'three', 1_000)).toBe('held')
  void leases.release('a', 'two', 'given up')
  expect(leases.acquire('a', 'three', 1_000)).toBe('given up')
  now = 2_900
  expect(leases.acquire('a', 'three', 1_000)).toBe('acquired')
  void leases.release('a', 'three', 'free')
  expect(leases.acquire('a', 'one', 1_000)).toBe('acquired')
  void close()
})

test('an epoch is one and the same until it is ended', () => {
  const { epochs, close } = createSqliteStore({ path })
  const [a, b] = epochs.current(['a', 'b']) as string[]
  void epochs.end('a')
  const [later, same] = epochs.current(['a', 'b']) as string[]
  expect(later).not.toBe(a)
  expect(same).toBe(b)
  expect(epochs.current(['a'])).toEqual([later])
  void close()
})

test('at the bound of ended scopes, to end one again ends nothing else, and one more ends all', () => {
  const store = createSqliteStore({ path })
  for (const { epochs } of [store, createMemoryStore()]) {
    for (let index = 0; index < 10_000; index++) void epochs.end(`scope ${index}`)
    const before = epochs.current(['scope 1', 'never'])
    void epochs.end('scope 0')
    expect(epochs.current(['scope 1', 'never'])).toEqual(before)
    void epochs.end('one more')
    const after = epochs.current(['scope 1', 'never']) as string[]
    expect(after.some((token, index) => token === (before as string[])[index])).toBe(false)
  }
  void store.close?.()
})

test('reading in a later minute, which writes that it was read, does not grow the file over its bound', () => {
  const maxBytes = 8 * 1024 ** 2
  let nowMs = 0
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, setTimer: () => () => {} }
  const store = createSqliteStore({ path, maxBytes, clock })
  const total = 60_000
  for (let first = 0; first < total; first += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, at) => [`key ${first + at}`, Buffer.alloc(70)] as const)
    store.setMany(batch, 3_600_000)
  }
  for (let read = 0; read < total; read++) {
    nowMs += 60_000 * Number(read % 10_000 === 0)
    store.get(`key ${(read * 7919) % total}`)
  }
  // What is full of such notes still takes entries.
  for (let entry = 0; entry < 2_000; entry++) store.set(`later ${entry}`, Buffer.alloc(70), 3_600_000)
  expect(store.get('later 1999')).toHaveLength(70)
  store.close()
  expect(statSync(path).size).toBeLessThanOrEqual(maxBytes)
})
