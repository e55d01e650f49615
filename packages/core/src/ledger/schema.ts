import type { DatabaseSync } from 'node:sqlite'

import { LedgerError } from './ledger-error.ts'

/** `PLMB`: what `PRAGMA application_id` of a ledger says (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const ledgerApplicationId = 0x504c4d42

/**
 * One step from each schema version to the next: the version of a file, in `PRAGMA user_version`, is how many it has taken.
 * A step is never edited once it is released; a change of the schema is a step more.
 *
 * Timestamps are ms since the epoch, which is UTC; money is integer nano-dollars (1 USD = 1e9). The columns are those of
 * `LLMCallMetrics`. Without the prompt and the answer: the record does not hold them.
 */
export const ledgerMigrations: readonly string[] = [
  `CREATE TABLE calls (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     operation TEXT NOT NULL,
     stream INTEGER NOT NULL,
     provider TEXT NOT NULL,
     model TEXT NOT NULL,
     tenant TEXT NOT NULL,
     endpoint TEXT,
     prompt_version TEXT,
     latency_ms REAL NOT NULL,
     first_chunk_ms REAL,
     chunks_per_second REAL,
     input_tokens INTEGER NOT NULL,
     cached_input_tokens INTEGER NOT NULL,
     output_tokens INTEGER NOT NULL,
     reasoning_tokens INTEGER NOT NULL,
     usage_estimated INTEGER NOT NULL,
     success INTEGER NOT NULL,
     outcome TEXT NOT NULL,
     fallback_model TEXT,
     error_name TEXT,
     error_code TEXT,
     blocked_by TEXT,
     cache_status TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     cost_nano_usd INTEGER NOT NULL,
     saved_nano_usd INTEGER NOT NULL,
     saved_tokens INTEGER NOT NULL,
     price_source TEXT NOT NULL,
     price_date TEXT NOT NULL
   ) STRICT;
   CREATE INDEX calls_by_start ON calls (started_at_ms);`,
  'ALTER TABLE calls ADD COLUMN build TEXT;',
]

/** What a ledger of version 1 is read through: it has no `build` yet, and reading does not change the file. */
export const versionOneView = 'CREATE TEMP VIEW calls AS SELECT calls.*, NULL AS build FROM main.calls'

/**
 * Brings a file that was just opened to the newest schema, each step in a transaction of its own together with its version.
 * Throws `LedgerError` for a file that is something else (it is left as it is), or that a newer version has written.
 */
export function migrate(database: DatabaseSync, migrations = ledgerMigrations): void {
  const version = readVersion(database, migrations.length)
  for (const [step, sql] of [...migrations.entries()].slice(version)) {
    // Immediate: of two processes that open a new file at once, the second finds the step taken.
    database.exec('BEGIN IMMEDIATE')
    try {
      if (readVersion(database, migrations.length) === step) {
        database.exec(sql)
        database.exec(`PRAGMA application_id = ${ledgerApplicationId}; PRAGMA user_version = ${step + 1}`)
      }
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
}

/** The schema version of a ledger; 0 for an empty file. Throws as `migrate` does. */
export function readVersion(database: DatabaseSync, newest = ledgerMigrations.length): number {
  const read = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0])
  const version = read('PRAGMA user_version')
  if (read('PRAGMA application_id') !== ledgerApplicationId) {
    if (version === 0 && read('SELECT count(*) FROM sqlite_schema') === 0) return 0
    throw new LedgerError(
      'not-a-ledger',
      'The file is an SQLite database, but not a ledger. It was left as it is.',
    )
  }
  if (version > newest) {
    throw new LedgerError(
      'newer-schema',
      `The ledger has schema ${version}, and this version knows ${newest} at most. Use the version that wrote it, or a newer one.`,
    )
  }
  return version
}
