import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { givenUpMs, longestTtlMs, type ByteStore, type Epochs, type Leases } from '../cache/store.ts'
import { entryKind, noEntries, useAge, type StoreStats } from '../cache/store-stats.ts'
import { systemClock, type Clock } from '../contract/clock.ts'
import { prepareSchema } from './schema.ts'

export interface SqliteStoreOptions {
  /** Created where it is not; `-wal` and `-shm` files stand beside it while it is open. */
  path: string
  /** Bound of the file, in bytes; its write-ahead log comes to 4 MB more. At least 1 MB. Default 1 GB. */
  maxBytes?: number
  clock?: Clock
}

export interface SqliteStore extends ByteStore {
  readonly epochs: Epochs
  readonly leases: Leases
  get(key: string): Uint8Array | undefined
  /** Many entries as one transaction: all of them or none. */
  setMany(entries: readonly (readonly [key: string, value: Uint8Array])[], ttlMs: number): void
  /** Goes through all keys: about a second for a million. Use is known to the minute. */
  stats(): StoreStats
}

/** How many of the least recently used entries leave at once. */
const evictedAtOnce = 64

/** Scopes whose end is remembered: with one more, all of them end, which costs hits and nothing else. */
const maxEpochs = 10_000

/** The scope that stands for all those without a row. */
const firstEpoch = ''

/**
 * A lease that ends later than a new one would, by more than this, in ms, was taken before the clock was set back: it is no obstacle.
 * Processes that wait for one another's writes read the clock in another order.
 */
const clockSlackMs = 1_000

/** How long opening waits for another process that writes, in ms: no call waits yet. */
const openBusyMs = 2_000

/** How long an operation waits for another process that writes, in ms: it blocks this one meanwhile (CAC-16). */
const busyTimeoutMs = 50

/**
 * A store in one file of this machine, which several processes may share, and which outlives them. Bounded in bytes: the least
 * recently used leave first, to the minute. Throws when the file cannot be opened or is none of ours.
 */
export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { path, maxBytes = 1024 ** 3, clock = systemClock } = options
  if (!Number.isInteger(maxBytes) || maxBytes < 1024 ** 2)
    throw new RangeError(`maxBytes must be an integer of at least 1048576, not ${maxBytes}`)
  const database = new DatabaseSync(path, { timeout: openBusyMs })
  try {
    prepareSchema(database, path)
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size'])
    database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageBytes)}`)
  } catch (error) {
    database.close()
    throw error
  }

  const select = database.prepare('SELECT id, value, expires_at, used_at FROM entry WHERE key = ?')
  const touch = database.prepare('UPDATE entry SET used_at = ? WHERE id = ?')
  const upsert = database.prepare(
    `INSERT INTO entry (key, value, expires_at, used_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at, used_at = excluded.used_at`,
  )
  const remove = database.prepare('DELETE FROM entry WHERE key = ?')
  const evict = database.prepare(
    `DELETE FROM entry WHERE id IN (SELECT id FROM entry ORDER BY used_at, id LIMIT ${evictedAtOnce})`,
  )
  const pages = database.prepare(
    'SELECT page_count - freelist_count AS used, page_size AS size FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  )
  const countByKind = database.prepare(
    'SELECT substr(key, 1, 16) AS beginning, count(*) AS entries, sum(length(value)) AS bytes FROM entry GROUP BY 1',
  )
  const countByUse = database.prepare('SELECT used_at, count(*) AS entries FROM entry GROUP BY 1')
  const selectEpoch = database.prepare('SELECT token FROM epoch WHERE scope = ?')
  const upsertEpoch = database.prepare('INSERT OR REPLACE INTO epoch (scope, token) VALUES (?, ?)')
  const countEpochs = database.prepare("SELECT count(*) AS epochs FROM epoch WHERE scope <> ''")
  const dropEpochs = database.prepare('DELETE FROM epoch')
  const takeLease = database.prepare(
    `INSERT INTO lease (name, owner, expires_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE
     SET owner = excluded.owner, expires_at = excluded.expires_at
     WHERE expires_at <= ? OR expires_at > excluded.expires_at + ${clockSlackMs} OR owner = excluded.owner
     RETURNING owner`,
  )
  const selectLease = database.prepare('SELECT owner FROM lease WHERE name = ?')
  const dropLease = database.prepare('DELETE FROM lease WHERE name = ? AND owner = ?')
  const giveUpLease = database.prepare(
    "UPDATE lease SET owner = '', expires_at = ? WHERE name = ? AND owner = ?",
  )
  const dropEndedLeases = database.prepare('DELETE FROM lease WHERE expires_at <= ?')

  const minute = (): number => Math.floor(clock.now() / 60_000)

  const tokenOf = (scope: string): string | undefined =>
    selectEpoch.get(scope)?.['token'] as string | undefined // A NOT NULL TEXT.

  function usedBytes(): number {
    const { used, size } = pages.get() ?? {}
    return Number(used) * Number(size)
  }

  function transaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE')
    try {
      work()
      database.exec('COMMIT')
    } catch (error) {
      // SQLite may have rolled back by itself, as it does when the disk is full.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  function put(key: string, value: Uint8Array, ttlMs: number): void {
    // An entry must leave room for the others: one that does not is not kept, and neither is what it replaces.
    if (value.byteLength > maxBytes / 4) {
      remove.run(key)
      return
    }
    while (usedBytes() + value.byteLength + 16_384 > maxBytes && evict.run().changes > 0);
    upsert.run(key, value, Math.round(clock.now() + Math.min(ttlMs, longestTtlMs)), minute())
  }

  function get(key: string): Uint8Array | undefined {
    const row = select.get(key)
    if (row === undefined) return undefined
    if (clock.now() >= Number(row['expires_at'])) return undefined
    const now = minute()
    if (Number(row['used_at']) !== now) {
      try {
        touch.run(now, row['id'] as number)
      } catch {
        // Another process writes, or the index of uses has no room to grow: that this entry was used is worth neither.
      }
    }
    return row['value'] as Uint8Array // A NOT NULL BLOB.
  }

  return {
    kind: 'sqlite',
    get,
    getMany: (keys) => keys.map(get),
    set: (key, value, ttlMs) => transaction(() => put(key, value, ttlMs)),
    setMany: (entries, ttlMs) =>
      transaction(() => {
        for (const [key, value] of entries) put(key, value, ttlMs)
      }),
    delete(key) {
      remove.run(key)
    },
    ping() {
      select.get('')
    },
    close() {
      if (database.isOpen) database.close()
    },
    epochs: {
      // A scope that nobody has ended has no row; rows are never evicted.
      current(scopes) {
        const first = tokenOf(firstEpoch) ?? '0'
        return scopes.map((scope) => tokenOf(scope) ?? first)
      },
      end: (scope) =>
        transaction(() => {
          // To forget one alone would begin its first epoch again.
          if (tokenOf(scope) === undefined && Number(countEpochs.get()?.['epochs']) >= maxEpochs) {
            dropEpochs.run()
            upsertEpoch.run(firstEpoch, randomUUID())
          }
          upsertEpoch.run(scope, randomUUID())
        }),
    },
    leases: {
      acquire(name, owner, ttlMs) {
        const now = clock.now()
        if (takeLease.get(name, owner, Math.round(now + ttlMs), now) !== undefined) return 'acquired'
        return selectLease.get(name)?.['owner'] === '' ? 'given up' : 'held'
      },
      release(name, owner, end) {
        if (end === 'free') dropLease.run(name, owner)
        else giveUpLease.run(Math.round(clock.now() + givenUpMs), name, owner)
        dropEndedLeases.run(clock.now())
      },
    },
    stats() {
      const kinds = noEntries()
      let entries = 0
      for (const row of countByKind.iterate()) {
        const kind = kinds[entryKind(String(row['beginning']))]
        kind.entries += Number(row['entries'])
        kind.bytes += Number(row['bytes'])
        entries += Number(row['entries'])
      }
      const lastUsed = { withinHour: 0, withinDay: 0, before: 0 }
      for (const row of countByUse.iterate())
        lastUsed[useAge(clock.now() - Number(row['used_at']) * 60_000)] += Number(row['entries'])
      return { entries, bytes: usedBytes(), kinds, lastUsed }
    },
  }
}
