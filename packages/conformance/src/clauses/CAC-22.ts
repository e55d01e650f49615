import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

import { createSqliteStore } from '@plumbline/core/sqlite'

import { defineClause } from '../clause.ts'
import { assertInTime, bestRound, stoodInLineMs } from '../timing.ts'

const entryOf = (index: number): Uint8Array => new TextEncoder().encode(`value of ${index} `.repeat(4))
const keyOf = (index: number): string => `plumbline:1:r:tenant:${String(index).padStart(43, '0')}`

const ttlMs = 86_400_000

const maxHitMs = 1
const hitsPerRound = 5_000
const nearlyAll = hitsPerRound * 0.99

/**
 * p99 of one round of hits spread over the keys from `first` to `last`, in ms; once more than a hundredth were late, the least of those.
 * Each round goes on where the one before ended. Every hit counts, with the time that it took: its own work and what the disk made it
 * wait, less the wait for a processor.
 */
function p99OfHits(
  store: ReturnType<typeof createSqliteStore>,
  { first, last, round }: { first: number; last: number; round: number },
): number {
  const times: number[] = []
  const late: number[] = []
  for (let hit = round * hitsPerRound; hit < (round + 1) * hitsPerRound; hit++) {
    // A step that shares no factor with the range visits it in no order.
    const key = keyOf(first + ((hit * 7_919) % (last - first)))
    const lineMs = stoodInLineMs()
    const startMs = performance.now()
    if (store.get(key) === undefined) throw new Error(`${key} is gone.`)
    const tookMs = performance.now() - startMs - (stoodInLineMs() - lineMs)
    times.push(tookMs)
    if (tookMs > maxHitMs) late.push(tookMs)
    if (late.length > hitsPerRound - nearlyAll) return Math.min(...late)
  }
  return times.toSorted((a, b) => a - b)[nearlyAll - 1] ?? Infinity
}

/** Writes numbered entries for ever, one line per acknowledged one. */
const writer = (path: string): string => `
  import { createSqliteStore } from '@plumbline/core/sqlite'
  const store = createSqliteStore({ path: ${JSON.stringify(path)} })
  for (let index = 0; ; index++) {
    store.set('key-' + index, new TextEncoder().encode('value ' + index), ${ttlMs})
    process.stdout.write(index + '\\n')
    if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }`

export const CAC22 = defineClause({
  id: 'CAC-22',
  sentence:
    'A million-key SQLite cache stays within its byte bound and answers a hit under 1 ms at p99; kill -9 leaves it readable.',
  origin: 'user expectation',
  kind: 'part',
  needs: [],
  scenarios: [
    {
      name: 'a million keys are all there, and a hit takes under 1 ms at p99',
      case: 'ordinary',
      limitMs: 300_000,
      async run({ check, folder }) {
        const path = join(folder(), 'cache.db')
        const store = createSqliteStore({ path })
        const batch = 10_000
        for (let first = 0; first < 1_000_000; first += batch) {
          const entries = Array.from(
            { length: batch },
            (_, index) => [keyOf(first + index), entryOf(first + index)] as const,
          )
          store.setMany(entries, ttlMs)
          // The process has other things to do.
          await sleep(0)
        }
        check.equal(store.stats().entries, 1_000_000, 'entries')
        check.deepEqual(store.get(keyOf(999_999)), entryOf(999_999), 'the last entry')
        const p99Ms = await bestRound(maxHitMs, (round) =>
          p99OfHits(store, { first: 0, last: 1_000_000, round }),
        )
        assertInTime(check, p99Ms, maxHitMs, 'a hit at p99')
        store.close()
      },
    },
    {
      name: 'ten times as much as the bound admits leaves the file within it, with the newest entries, as fast as before',
      case: 'boundary',
      limitMs: 200_000,
      async run({ check, folder }) {
        const path = join(folder(), 'cache.db')
        const maxBytes = 8 * 1024 ** 2
        const store = createSqliteStore({ path, maxBytes })
        const total = 200_000
        for (let first = 0; first < total; first += 1_000) {
          store.setMany(
            Array.from(
              { length: 1_000 },
              (_, index) => [keyOf(first + index), entryOf(first + index)] as const,
            ),
            ttlMs,
          )
          if (first % 20_000 === 0)
            check.ok(statSync(path).size <= maxBytes, `the file after ${first} entries`)
          await sleep(0)
        }
        check.ok(store.get(keyOf(0)) === undefined, 'the oldest entry has left')
        const p99Ms = await bestRound(maxHitMs, (round) =>
          p99OfHits(store, { first: total - 10_000, last: total, round }),
        )
        assertInTime(check, p99Ms, maxHitMs, 'a hit at p99')
        store.close()
        check.ok(statSync(path).size <= maxBytes, `the file at the end: ${statSync(path).size} bytes`)
      },
    },
    {
      name: 'a process that is killed while it writes leaves every entry that it was told of',
      case: 'nasty',
      limitMs: 120_000,
      async run({ check, folder }) {
        const path = join(folder(), 'cache.db')
        for (let round = 0; round < 3; round++) {
          const child = spawn(
            process.execPath,
            ['--conditions=@plumbline/source', '--input-type=module', '--eval', writer(path)],
            { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
          )
          let acknowledged = -1
          for await (const line of createInterface(child.stdout)) {
            acknowledged = Number(line)
            if (acknowledged >= 2_000 + round) break
          }
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
          const store = createSqliteStore({ path })
          for (let index = 0; index <= acknowledged; index++) {
            const value = store.get(`key-${index}`)
            if (value === undefined || new TextDecoder().decode(value) !== `value ${index}`)
              check.ok(false, `entry ${index} of ${acknowledged} after a kill`)
          }
          check.ok(acknowledged >= 2_000, 'entries were acknowledged')
          store.set('key-0', new TextEncoder().encode('value 0'), ttlMs)
          store.close()
        }
      },
    },
  ],
})
