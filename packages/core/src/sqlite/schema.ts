import type { DatabaseSync } from 'node:sqlite'

/** Raised when a table below changes. A file of an older schema is emptied, since it is a cache; one of a newer is refused. */
const schemaVersion = 1

const tables = `
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL,
    expires_at INTEGER NOT NULL, -- ms since the epoch
    used_at INTEGER NOT NULL     -- minutes since the epoch: what is used often is not written often
  );
  CREATE INDEX entry_by_use ON entry (used_at);
  CREATE TABLE epoch (scope TEXT PRIMARY KEY, token TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,         -- empty: given up
    expires_at INTEGER NOT NULL  -- ms since the epoch
  ) WITHOUT ROWID;`

/** Makes the tables where they are not. Throws `TypeError` for a file of a newer version, and for somebody else's, which stays as it is. */
export function prepareSchema(database: DatabaseSync, path: string): void {
  // In one statement: another process may be making the tables.
  const found = database
    .prepare('SELECT user_version, (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_user_version')
    .get()
  // Ours have had a version from the first on.
  if (found?.['user_version'] === 0 && found['tables'] !== 0)
    throw new TypeError(`${path} is an SQLite database, but no cache. It was left as it is.`)
  // Another process reads and writes meanwhile, and a process that is killed leaves a file that is whole.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304')
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > schemaVersion)
      throw new TypeError(`${path} is a cache of schema ${version}: this version knows ${schemaVersion}.`)
    if (version < schemaVersion) {
      for (const table of ['entry', 'epoch', 'lease']) database.exec(`DROP TABLE IF EXISTS ${table}`)
      database.exec(`${tables} PRAGMA user_version = ${schemaVersion}`)
    }
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
