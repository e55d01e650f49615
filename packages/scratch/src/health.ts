import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

import type { ByteStore, Clock, HealthPart, HealthReport, Ledger, MetricsCollector } from '@plumbline/core'

import type { Breakers } from './breaker.ts'
import { openDeadline } from './deadline.ts'
import type { Provider } from './provider.ts'

export interface HealthParts {
  provider: Provider
  /** Of the caches; one store may serve both. */
  stores: readonly ByteStore[]
  breakers: Pick<Breakers, 'health'>
  ledger: Ledger | undefined
  metrics: MetricsCollector
  clock: Clock
  /** Of the pipeline, on the monotonic clock, in ms. */
  startedMs: number
}

/** How long each part has to answer, in ms. */
const partLimitMs = 2_000

const reportedPackages = ['@plumbline/scratch', 'openai']

/** Asks provider, store and ledger at the same time; answers within its limit whatever is down, and spends no tokens. */
export async function checkHealth({
  provider,
  stores,
  breakers,
  ledger,
  metrics,
  clock,
  startedMs,
}: HealthParts): Promise<HealthReport> {
  const [providerPart, storePart, ledgerPart] = await Promise.all([
    check('fail', clock, (signal) => provider.probe(signal)),
    check('warn', clock, () => Promise.all(stores.map(async (store) => store.ping()))),
    check('warn', clock, async () => ledger?.ping()),
  ])
  const { totalCalls, blocked, cancelled, failed, p95LatencyMs } = metrics.summary({ lastHours: 5 / 60 })
  const counted = totalCalls - blocked - cancelled
  const breakerPart = breakers.health()
  const isDegraded = [storePart, breakerPart, ledgerPart].some(({ status }) => status !== 'pass')
  return {
    status: providerPart.status === 'pass' && isDegraded ? 'warn' : providerPart.status,
    parts: { provider: providerPart, store: storePart, breaker: breakerPart, ledger: ledgerPart },
    versions: versionsOf(reportedPackages),
    uptimeMs: clock.monotonicMs() - startedMs,
    errorRate: counted === 0 ? 0 : failed / counted,
    p95LatencyMs,
  }
}

/** A server that says so is there: it has no list of models, or too many callers. */
const answeringStatuses = new Set<unknown>([404, 405, 429])

/** `pass`, or `worst` with a reason that names the kind of failure alone: messages can hold URLs with credentials. */
async function check(
  worst: 'warn' | 'fail',
  clock: Clock,
  probe: (signal: AbortSignal) => Promise<unknown>,
): Promise<HealthPart> {
  const deadline = openDeadline({ clock, limitMs: partLimitMs })
  try {
    await deadline.race(probe(deadline.signal))
    return { status: 'pass' }
  } catch (error) {
    if (!(error instanceof Error)) return { status: worst, reason: 'unknown failure' }
    const answered = 'status' in error && answeringStatuses.has(error.status)
    return { status: answered ? 'warn' : worst, reason: error.constructor.name }
  } finally {
    deadline.close()
  }
}

/** Of the packages that are there: a copy of this file stands in no package of ours, and a bundle may hold them all. */
function versionsOf(names: readonly string[]): Record<string, string> {
  const versions: Record<string, string> = {}
  for (const name of names) {
    try {
      const path = findPackageJSON(name, import.meta.url)
      if (path !== undefined) versions[name] = String(JSON.parse(readFileSync(path, 'utf8')).version)
    } catch {
      // It is not installed by itself.
    }
  }
  return versions
}
