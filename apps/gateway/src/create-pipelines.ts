import type {
  BudgetOptions,
  ByteStore,
  Ledger,
  MetricsExporter,
  Pipeline,
  PipelineOptions,
} from '@plumbline/core'

import { createBuild } from './create-build.ts'
import type { BuildName } from './gateway-options.ts'
import { SettingError, type Settings } from './settings.ts'

/** Every build that may be asked, over one set of stores and exporters; and how to close them all. */
export async function createPipelines(
  settings: Settings,
  exporters: readonly MetricsExporter[] = [],
): Promise<{ pipelines: Map<BuildName, Pipeline>; close(): Promise<void> }> {
  const {
    builds,
    providerUrl: baseUrl,
    providerKey: apiKey,
    budgets,
    ledgerPath,
    deadlineMs,
    limits,
  } = settings
  const { store, budgetStore, closeStores } = await openStores(settings)
  const ledger = ledgerPath === undefined ? undefined : await openLedgerAt(ledgerPath)
  const budgetOptions: BudgetOptions = { tenants: budgets, ...(budgetStore && { store: budgetStore }) }
  const options: PipelineOptions = {
    provider: { baseUrl, apiKey },
    deadlineMs,
    // What the gateway has let in, the pipeline takes.
    maxRequestBytes: limits.maxBodyBytes,
    ...(Object.keys(budgets).length > 0 && { budgets: budgetOptions }),
    ...(store && { responseCache: { store }, embeddingCache: { store } }),
    exporters,
  }
  const pipelines = new Map<BuildName, Pipeline>()
  for (const build of builds) {
    const labelled = ledger && { ledger: labelledLedger(ledger, build) }
    pipelines.set(build, await createBuild(build, { ...options, ...labelled }))
  }
  return {
    pipelines,
    async close() {
      await Promise.all([...pipelines.values()].map((pipeline) => pipeline.close()))
      await closeStores()
    },
  }
}

async function openLedgerAt(path: string): Promise<Ledger> {
  const { openLedger } = await import('@plumbline/core/ledger')
  return opened('PLUMBLINE_LEDGER_FILE', path, () => openLedger({ path }))
}

/** What `open` makes of a file. Throws `SettingError` with the variable that names it. */
function opened<File>(variable: string, path: string, open: () => File): File {
  try {
    return open()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SettingError(`${variable}: ${path} cannot be opened: ${why}`)
  }
}

/** Records say which build made the call: the builds share one ledger. */
function labelledLedger(ledger: Ledger, build: BuildName): Ledger {
  return {
    record: (call) => ledger.record({ ...call, build }),
    flush: () => ledger.flush(),
    ping: () => ledger.ping(),
    close: () => ledger.close(),
  }
}

interface Stores {
  store?: ByteStore
  budgetStore?: NonNullable<BudgetOptions['store']>
  closeStores: () => Promise<void>
}

async function openStores({ redisUrl, redisTimeoutMs, cachePath }: Settings): Promise<Stores> {
  if (redisUrl !== undefined) {
    const [{ createRedisStore }, { createRedisBudgetStore }, { Redis }] = await Promise.all([
      import('@plumbline/core/redis'),
      import('@plumbline/core/redis-budget'),
      import('ioredis'),
    ])
    // A dead Redis fails at once and delays nobody; it connects by itself when it is back.
    const client = new Redis(redisUrl, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: redisTimeoutMs,
    })
    client.on('error', () => {})
    return {
      store: createRedisStore({ url: redisUrl, timeoutMs: redisTimeoutMs }),
      budgetStore: createRedisBudgetStore({ client, timeoutMs: redisTimeoutMs }),
      closeStores: async () => client.disconnect(),
    }
  }
  if (cachePath === undefined) return { closeStores: async () => {} }
  const { createSqliteStore } = await import('@plumbline/core/sqlite')
  const store = opened('PLUMBLINE_CACHE_FILE', cachePath, () => createSqliteStore({ path: cachePath }))
  return { store, closeStores: async () => {} }
}
