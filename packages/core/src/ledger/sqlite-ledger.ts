import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { systemClock, type Clock } from '../contract/clock.ts'
import type { Ledger } from '../metrics/exporter.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { LedgerError } from './ledger-error.ts'
import { openForWriting } from './open-database.ts'
import { columns, toRow, type Row } from './row.ts'

export interface LedgerOptions {
  /** The SQLite file; made when there is none. Beside it stand `-wal` and `-shm` while it is open. */
  path: string
  /** Calls that started longer ago are deleted as new ones come, in days. Default: none is. */
  retentionDays?: number
  /** How many records may wait to be written; the next ones are refused. Default 10,000, some 10 MB. */
  maxQueuedRecords?: number
  /** The longest that a record waits before it is written, in ms. Default 200. */
  flushIntervalMs?: number
  /** Default: the machine's. Its wall clock decides what is past retention. */
  clock?: Clock
}

/** Records per transaction: some 1 ms, which is how long the process stands still for one. See docs/decisions. */
const batchRecords = 100

/** Expired calls that one transaction deletes at most: more than it writes, so that deleting keeps up. */
const expiredPerBatch = 200

/** After that many failed writes in a row the ledger waits for the next record, so that a full disk does not keep a process alive. */
const maxUnpromptedRetries = 10

/** How long `close` waits for another process that writes, in ms, and how often it tries. */
const closeBusyMs = 2_000
const closeRetryMs = 20

/** SQLITE_BUSY, in the lower byte of what it is extended to (https://www.sqlite.org/rescode.html#busy). */
const busyCode = 5

const dayMs = 86_400_000

/**
 * Opens a ledger on an SQLite file. Several processes may write to one file, and read it while they do.
 * Throws `LedgerError` when the file is something else or of a newer version, `RangeError` for a bad option.
 */
export function openLedger(options: LedgerOptions): Ledger {
  return new SqliteLedger(options)
}

/** Records wait in a queue and are written in small transactions, between calls. */
class SqliteLedger implements Ledger {
  readonly #clock: Clock
  readonly #retentionMs: number | undefined
  readonly #maxQueued: number
  readonly #flushIntervalMs: number
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #file: string | undefined
  readonly #insert: StatementSync
  readonly #expire: StatementSync
  #queue: Row[] = []
  #cancelTimer: (() => void) | undefined
  /** The one writer at a time; a flush waits for it. */
  #writing: Promise<void> | undefined
  #failures = 0
  #lastError: unknown
  #closing: Promise<void> | undefined

  constructor(options: LedgerOptions) {
    const { retentionDays, maxQueuedRecords = 10_000, flushIntervalMs = 200, clock = systemClock } = options
    if (retentionDays !== undefined) assertOver0('retentionDays', retentionDays)
    assertOver0('maxQueuedRecords', maxQueuedRecords)
    assertOver0('flushIntervalMs', flushIntervalMs)
    this.#clock = clock
    this.#retentionMs = retentionDays === undefined ? undefined : retentionDays * dayMs
    this.#maxQueued = maxQueuedRecords
    this.#flushIntervalMs = flushIntervalMs
    this.#path = options.path
    this.#database = openForWriting(options.path)
    this.#file = fileAt(options.path)
    this.#insert = this.#database.prepare(
      `INSERT INTO calls (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    this.#expire = this.#database.prepare(
      `DELETE FROM calls WHERE seq IN (SELECT seq FROM calls WHERE started_at_ms < ? LIMIT ${expiredPerBatch})`,
    )
  }

  record(call: LLMCallMetrics): void {
    if (this.#closing) throw new LedgerError('closed', 'The ledger is closed.')
    if (this.#queue.length >= this.#maxQueued) {
      throw new LedgerError('queue-full', `${this.#maxQueued} records wait to be written already.`)
    }
    this.#queue.push(toRow(call))
    this.#cancelTimer ??= this.#clock.setTimer(this.#flushIntervalMs, () => this.#onTimer())
  }

  flush(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    // One that runs takes what came after it, too: it ends when the queue is empty.
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async ping(): Promise<void> {
    if (this.#closing) throw new LedgerError('closed', 'The ledger is closed.')
    if (this.#failures > 0) throw this.#lastError
    // SQLite writes on into a file that was deleted or moved away, and says nothing.
    if (fileAt(this.#path) !== this.#file)
      throw new LedgerError('missing', `${this.#path} is not the file any more that records are written to.`)
  }

  close(): Promise<void> {
    this.#closing ??= this.#writeRest().finally(() => this.#database.close())
    return this.#closing
  }

  /** What is not written now is lost, and no call is held up any more: so another process is waited for. */
  async #writeRest(): Promise<void> {
    const untilMs = this.#clock.monotonicMs() + closeBusyMs
    for (;;) {
      try {
        return await this.flush()
      } catch (error) {
        if (!isBusy(error) || this.#clock.monotonicMs() >= untilMs) throw error
        await new Promise<void>((resolve) => void this.#clock.setTimer(closeRetryMs, resolve))
      }
    }
  }

  #onTimer(): void {
    this.#cancelTimer = undefined
    this.flush().catch(() => {
      // The records are in the queue still, and `ping` says why.
      if (this.#closing || this.#failures > maxUnpromptedRetries) return
      this.#cancelTimer ??= this.#clock.setTimer(this.#flushIntervalMs, () => this.#onTimer())
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#writeBatch(this.#queue.slice(0, batchRecords))
      // Calls go on between two batches.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #writeBatch(batch: readonly Row[]): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const row of batch) this.#insert.run(...row)
      if (this.#retentionMs !== undefined) this.#expire.run(this.#clock.now() - this.#retentionMs)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#failures++
      this.#lastError = error
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    this.#failures = 0
    this.#queue.splice(0, batch.length)
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  return (code & 0xff) === busyCode
}

function assertOver0(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} must be over 0, got ${String(value)}`)
}

/** The file itself, whatever its name; undefined where there is none. */
function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}
