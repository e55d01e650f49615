import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import {
  assertInvalidation,
  invalidate,
  StoreUnavailableError,
  type ByteStore,
  type Invalidation,
  type StoreStats,
} from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'
import { createSqliteStore } from '@plumbline/core/sqlite'

import { fromCaller } from '../from-caller.ts'
import { textTable } from '../text-table.ts'
import { UsageError } from '../usage-error.ts'

export interface CacheFlags {
  store: string
  json?: boolean
  tenant?: string
  model?: string
  tag?: string
  all?: true
}

/** How long a Redis may take to connect or to answer, in ms: nobody's call waits for this. */
const timeoutMs = 5_000

interface NamedStore {
  /** As it is shown: without a password. */
  name: string
  store: ByteStore & { stats(): StoreStats | Promise<StoreStats> }
}

/** Prints what a store holds. Returns 1 when it does not answer. Throws `UsageError`. */
export async function cacheStatsCommand({ store: place, json }: CacheFlags): Promise<number> {
  const { name, store } = openStore(place)
  try {
    const stats = await store.stats()
    const { kind } = store
    if (json)
      process.stdout.write(`${JSON.stringify({ schemaVersion: 1, store: name, kind, ...stats }, null, 2)}\n`)
    else process.stdout.write(`${statsText(name, kind, stats)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${name} does not say what it holds: ${messageOf(error)}\n`)
    return 1
  } finally {
    await store.close()
  }
}

/** Ends what is named in a store. Returns 1 when the store does not take it. Throws `UsageError`. */
export async function cacheInvalidateCommand(flags: CacheFlags): Promise<number> {
  const { tenant, model, tag, all } = flags
  const what: Invalidation = { tenant, model, tag, all }
  try {
    assertInvalidation(what)
  } catch {
    throw new UsageError('cache invalidate takes exactly one of --tenant, --model, --tag and --all.')
  }
  const { name, store } = openStore(flags.store)
  try {
    await invalidate([store], what)
    process.stdout.write(`${name}: ended. Every pipeline that shares it misses it within 250 ms.\n`)
    return 0
  } catch (error) {
    if (!StoreUnavailableError.isInstance(error)) throw error
    process.stderr.write(`${name}: ${error.message} (${messageOf(error.cause)})\n`)
    return 1
  } finally {
    await store.close()
  }
}

/** Opens what exists, and makes nothing. Throws `UsageError`. */
function openStore(place: string): NamedStore {
  if (/^rediss?:\/\//.test(place)) {
    if (!URL.canParse(place)) throw new UsageError(`--store takes a URL such as redis://127.0.0.1:6379.`)
    const { protocol, host, pathname } = new URL(place)
    return { name: `${protocol}//${host}${pathname}`, store: createRedisStore({ url: place, timeoutMs }) }
  }
  if (/^\w+:\/\//.test(place))
    throw new UsageError('--store takes a SQLite file or a URL that begins with redis:// or rediss://.')
  const path = fromCaller(place)
  assertCacheFile(path)
  try {
    return { name: path, store: createSqliteStore({ path }) }
  } catch (error) {
    // Of a newer version, or not to be written to.
    throw new UsageError(`--store ${path} cannot be opened: ${messageOf(error)}.`)
  }
}

/** A store would make its tables in any database: throws `UsageError` for a file that is not there, or has none of them. */
function assertCacheFile(path: string): void {
  if (!existsSync(path)) throw new UsageError(`--store ${path}: there is no such file.`)
  let names: unknown[]
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    names = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()
      .map(({ name }) => name)
    database.close()
  } catch (error) {
    throw new UsageError(`--store ${path} cannot be read: ${messageOf(error)}.`)
  }
  if (!['entry', 'epoch', 'lease'].every((table) => names.includes(table)))
    throw new UsageError(`--store ${path} is no store of createSqliteStore: it has not its tables.`)
}

function statsText(name: string, kind: string, { entries, bytes, kinds, lastUsed }: StoreStats): string {
  const rows = [
    ['kind', 'entries', 'bytes'],
    ['answers', ...cells(kinds.answers)],
    ['vectors', ...cells(kinds.vectors)],
    ["answers of LangChain's ResponseCache", ...cells(kinds.langchainAnswers)],
    ['others', ...cells(kinds.others)],
  ]
  const notMeasured = 'not measured (the server does not keep it)'
  const used = [
    ['last used', 'entries'],
    ['within an hour', String(lastUsed?.withinHour ?? notMeasured)],
    ['within a day', String(lastUsed?.withinDay ?? notMeasured)],
    ['before', String(lastUsed?.before ?? notMeasured)],
  ]
  const whole = kind === 'redis' ? 'of the whole server' : 'of the file'
  return [
    `${name}: ${entries} entries, ${bytes} bytes ${whole}`,
    '',
    textTable(rows, [1, 2]),
    '',
    textTable(used, lastUsed ? [1] : []),
    '',
    'By tenant, model and tag: not measured (keys are digests, and no entry is read).',
  ].join('\n')
}

const cells = ({ entries, bytes }: StoreStats['kinds']['answers']): string[] => [
  String(entries),
  String(bytes),
]

/** What an error says in one line. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}
