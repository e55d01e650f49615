import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { LedgerError } from './ledger-error.ts'
import { migrate, readVersion, versionOneView } from './schema.ts'

/** How long opening waits for another process that is doing the same, in ms. */
const openBusyMs = 2_000

/** SQLITE_NOTADB (https://www.sqlite.org/rescode.html#notadb). */
const notADatabase = 26

/** Opens a ledger for writing; makes the file when there is none, and brings it to the newest schema. Throws `LedgerError`. */
export function openForWriting(path: string): DatabaseSync {
  return open(path, { timeout: openBusyMs }, (database) => {
    // Before anything is written to what may be somebody else's file.
    readVersion(database)
    // With a write-ahead log, NORMAL syncs the file at checkpoints only: a killed process loses nothing that was committed, a
    // power cut may lose the last commits (https://www.sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    migrate(database)
    // A writer that waited for another process would hold up every call of this one: it is told at once, and tries again later.
    database.exec('PRAGMA busy_timeout = 0')
  })
}

/** Opens an existing ledger for reading, while others write to it. Throws `LedgerError`. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw new LedgerError('missing', `There is no file ${path}.`)
  return open(path, { readOnly: true, timeout: openBusyMs }, (database) => {
    const version = readVersion(database)
    if (version === 0) throw new LedgerError('not-a-ledger', `${path} is empty: no ledger was written to it.`)
    if (version === 1) database.exec(versionOneView)
  })
}

function open(
  path: string,
  options: { readOnly?: boolean; timeout: number },
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  const database = new DatabaseSync(path, options)
  try {
    prepare(database)
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === notADatabase) {
      throw new LedgerError('not-a-ledger', `${path} is not a ledger: it is no SQLite database.`, {
        cause: error,
      })
    }
    throw error
  }
}
