import type { DatabaseSync } from 'node:sqlite'

import type { LLMCallMetrics } from '../metrics/record.ts'
import { callLabels, filterSql, labelSql, type CallFilter } from './call-labels.ts'
import { countBlock, noCallSums, tallyOf, type CallSums } from './call-sums.ts'
import { callBins, tallyColumns, type TallyRow } from './call-tally.ts'
import { openForReading } from './open-database.ts'
import { fromRow } from './row.ts'

/** Calls that started from `fromMs` on and before `toMs`, in ms since the epoch. */
export interface CallRange {
  fromMs: number
  toMs: number
  filter?: CallFilter
}

/** Where a page of calls ended; what it is given to goes on from there. */
export interface CallPlace {
  startedAtMs: number
  seq: number
}

/** One moment of a ledger: whatever is written meanwhile, all answers are of the calls that it held when it was first asked. */
export interface LedgerReader {
  /** How many calls there are, the number of the newest record, and when the last call started; undefined of a ledger without calls. */
  extent(): { calls: number; lastSeq: number; lastMs: number } | undefined
  /** When the calls started that were written after the record `seq`. */
  startsAfter(seq: number): number[]
  sumUp(range: CallRange): CallSums
  /** The newest calls, newest first. */
  newest(range: CallRange, limit: number): LLMCallMetrics[]
  /** Calls in the order they started, `limit` at most, and the place where the next page begins; undefined when this was the last. */
  page(
    range: CallRange,
    limit: number,
    after?: CallPlace,
  ): { calls: LLMCallMetrics[]; next: CallPlace | undefined }
  close(): void
}

/** Opens a ledger to be looked at, while others write to it. Throws `LedgerError` as `readUsage` does. */
export function openLedgerReader(path: string): LedgerReader {
  const database = openForReading(path)
  // 2 GB is SQLite's own bound of what is mapped rather than copied.
  database.exec('PRAGMA mmap_size = 2147418112; BEGIN')
  return {
    extent: () => extentOf(database),
    startsAfter(seq) {
      const rows = database.prepare('SELECT started_at_ms FROM calls WHERE seq > ?')
      return rows.all(seq).map((row) => Number(row['started_at_ms']))
    },
    sumUp: (range) => sumUp(database, range),
    newest(range, limit) {
      const { sql, values } = rangeSql(range)
      const rows = database.prepare(
        `SELECT * FROM calls WHERE ${sql} ORDER BY started_at_ms DESC, seq DESC LIMIT ?`,
      )
      return rows.all(...values, limit).map(fromRow)
    },
    page: (range, limit, after) => pageOf(database, range, limit, after),
    close: () => database.close(),
  }
}

function extentOf(database: DatabaseSync): ReturnType<LedgerReader['extent']> {
  const ends = database
    .prepare(
      // Counting the index takes 0.4 ms a million calls (2026-11-30).
      `SELECT (SELECT count(*) FROM calls) AS calls, (SELECT max(seq) FROM calls) AS lastSeq,
       (SELECT max(started_at_ms) FROM calls) AS lastMs`,
    )
    .get()
  return ends === undefined || ends['lastSeq'] === null
    ? undefined
    : {
        calls: Number(ends['calls']),
        lastSeq: Number(ends['lastSeq']),
        lastMs: Number(ends['lastMs']),
      }
}

function rangeSql({ fromMs, toMs, filter = {} }: CallRange): { sql: string; values: (string | number)[] } {
  const { sql, values } = filterSql(filter)
  return { sql: `started_at_ms >= ? AND started_at_ms < ?${sql}`, values: [fromMs, toMs, ...values] }
}

function sumUp(database: DatabaseSync, range: CallRange): CallSums {
  const { sql, values } = rangeSql(range)
  const rows = database.prepare(
    `SELECT ${tallyColumns}, blocked_by, ${callLabels.map(labelSql).join(', ')} FROM calls WHERE ${sql}`,
  )
  rows.setReturnArrays(true)
  const sums = noCallSums()
  const firstLabel = 12
  // Arrays, as set above, of the columns in the order of the query.
  type Row = [...TallyRow, string | null, ...string[]]
  for (const row of rows.iterate(...values) as unknown as Iterable<Row>) {
    const tallied = row as unknown as TallyRow // It begins with these.
    const bins = callBins(tallied)
    sums.total.add(tallied, bins)
    for (const [place, label] of callLabels.entries()) {
      tallyOf(sums.byLabel[label], String(row[firstLabel + place])).add(tallied, bins)
    }
    if (row[0] === 'blocked') countBlock(sums.blocksByRule, row[11] ?? 'unknown', 1)
  }
  return sums
}

function pageOf(
  database: DatabaseSync,
  range: CallRange,
  limit: number,
  after: CallPlace = { startedAtMs: range.fromMs, seq: -1 },
): ReturnType<LedgerReader['page']> {
  const { sql, values } = rangeSql({ ...range, fromMs: after.startedAtMs })
  const rows = database
    .prepare(
      `SELECT * FROM calls WHERE ${sql} AND (started_at_ms, seq) > (?, ?) ORDER BY started_at_ms, seq LIMIT ?`,
    )
    .all(...values, after.startedAtMs, after.seq, limit)
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    calls: rows.map(fromRow),
    next: last && { startedAtMs: Number(last['started_at_ms']), seq: Number(last['seq']) },
  }
}
