import { redisMissing } from '@plumbline/conformance'
import { decodeEntry, type ByteStore } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { expect, test } from 'vitest'

import { runHistory, type HistoryOptions } from './run-history.ts'

const skipped = redisMissing() !== undefined && process.env['CI'] === undefined

test.skipIf(skipped)(
  'every hit of 16 clients on a Redis that is frozen and killed is a whole value of its key within its time',
  { timeout: 120_000 },
  async () => {
    let hits = 0
    let broken = 0
    // On a busy machine most entries pass their time before they are asked for.
    for (let run = 0; run < 12 && (hits <= 100 || broken === 0); run++) {
      const history = await runHistory({ seconds: 5, clients: 16, random: Math.random })
      expect(history.violations).toEqual([])
      hits += history.hits
      broken += history.freezes + history.kills
    }
    expect(hits).toBeGreaterThan(100)
    expect(broken).toBeGreaterThan(0)
  },
)

/** A Redis store that answers a look-up with something else, made of what it was asked and what it has ever been given. */
function faulty(answer: (key: string, given: ReadonlyMap<string, Uint8Array>) => Uint8Array | undefined) {
  return (url: string): ByteStore => {
    const store = createRedisStore({ url })
    const given = new Map<string, Uint8Array>()
    return {
      ...store,
      set(key, value, ttlMs) {
        given.set(key, value)
        return store.set(key, value, ttlMs)
      },
      get: async (key) => answer(key, given) ?? store.get(key),
    }
  }
}

const forgetsTime: typeof decodeEntry = (key, bytes, now) => decodeEntry(key, bytes, now - 30_000)

/** The entry under the key that it holds: a reader that does not ask whose it is. */
const forgetsKey: typeof decodeEntry = (_, bytes, now) => {
  const held = Buffer.from(bytes).toString('latin1', 8, bytes.indexOf(0x0a, 8))
  return decodeEntry(held, bytes, now)
}

const oneOf = (given: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined => [...given.values()].at(0)

const faults: Record<string, Pick<HistoryOptions, 'open' | 'decode'> & { says: RegExp }> = {
  'an entry past its time, to a reader that forgets the time': {
    open: faulty((key, given) => given.get(key)),
    decode: forgetsTime,
    says: /ms past its time/,
  },
  'the entry of another key': { open: faulty((_, given) => oneOf(given)), says: /no entry/ },
  'the entry of another key, to a reader that forgets the key': {
    open: faulty((_, given) => oneOf(given)),
    decode: forgetsKey,
    says: /another key/,
  },
  'a cut entry': { open: faulty((key, given) => given.get(key)?.subarray(0, -1)), says: /no entry/ },
}

test.skipIf(skipped).each(Object.entries(faults))(
  'a store that serves %s is found out',
  { timeout: 60_000 },
  async (_, { says, ...fault }) => {
    const { violations } = await runHistory({ seconds: 1, clients: 4, random: Math.random, ...fault })
    expect(violations.some((violation) => says.test(violation))).toBe(true)
  },
)
