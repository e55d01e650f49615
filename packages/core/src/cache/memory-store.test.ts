import { expect, test } from 'vitest'

import { createMemoryStore } from './memory-store.ts'

const kilobyte = new Uint8Array(1_000)

test('the least recently used entry leaves first when the bytes run out', async () => {
  const store = createMemoryStore({ maxBytes: 4_000 })
  for (const key of ['a', 'b', 'c']) await store.set(key, kilobyte, 60_000)
  await store.get('a')
  await store.set('d', kilobyte, 60_000)
  expect((await store.getMany(['a', 'b', 'c', 'd'])).map((value) => value?.byteLength)).toEqual([
    1_000,
    undefined,
    1_000,
    1_000,
  ])
})

test('an entry larger than the bound is not kept', async () => {
  const store = createMemoryStore({ maxBytes: 900 })
  await store.set('a', kilobyte, 60_000)
  expect(await store.get('a')).toBeUndefined()
})

test('an entry ends with its time, on the clock that was given', async () => {
  let monotonicMs = 0
  const clock = { now: () => 0, monotonicMs: () => monotonicMs, setTimer: () => () => {} }
  const store = createMemoryStore({ clock })
  await store.set('a', kilobyte, 100)
  monotonicMs = 99
  expect(await store.get('a')).toBe(kilobyte)
  monotonicMs = 100
  expect(await store.get('a')).toBeUndefined()
})

test('a bound that is no positive integer is refused by name', () => {
  expect(() => createMemoryStore({ maxBytes: 0 })).toThrow(/maxBytes.*0/)
})
