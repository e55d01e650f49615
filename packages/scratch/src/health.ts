import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

import type { ByteStore, Clock, HealthPart, HealthReport, MetricsCollector } from '@plumbline/core'

import { openDeadline } from './deadline.ts'
import type { Provider } from './provider.ts'

export interface HealthParts {
  provider: Provider
  store: ByteStore | undefined
  metrics: MetricsCollector
  clock: Clock
  /** Of the pipeline, on the monotonic clock, in ms. */
  startedMs: number
}

/** How long each part has to answer, in ms. */
const partLimitMs = 2_000

const reportedPackages = ['@plumbline/scratch', 'openai']

/** Asks provider and store at the same time; answers within its limit whatever is down, and spends no tokens. */
export async function checkHealth({
  provider,
  store,
  metrics,
  clock,
  startedMs,
}: HealthParts): Promise<HealthReport> {
  const [providerPart, storePart] = await Promise.all([
    check('fail', clock, (signal) => provider.probe(signal)),
    check('warn', clock, async () => store?.ping()),
  ])
  const { totalCalls, blocked, cancelled, failed, p95LatencyMs } = metrics.summary({ lastHours: 5 / 60 })
  const counted = totalCalls - blocked - cancelled
  return {
    status: providerPart.status === 'fail' ? 'fail' : storePart.status,
    parts: { provider: providerPart, store: storePart },
    versions: Object.fromEntries(reportedPackages.map((name) => [name, versionOf(name)])),
    uptimeMs: clock.monotonicMs() - startedMs,
    errorRate: counted === 0 ? 0 : failed / counted,
    p95LatencyMs,
  }
}

/** `pass`, or `worst` with a reason that names the kind of failure alone: messages can hold URLs with credentials. */
async function check(
  worst: 'warn' | 'fail',
  clock: Clock,
  probe: (signal: AbortSignal) => Promise<void>,
): Promise<HealthPart> {
  const deadline = openDeadline({ clock, limitMs: partLimitMs })
  try {
    await deadline.race(probe(deadline.signal))
    return { status: 'pass' }
  } catch (error) {
    return { status: worst, reason: error instanceof Error ? error.constructor.name : 'unknown failure' }
  } finally {
    deadline.close()
  }
}

/** As installed; `unknown` where the code was bundled or copied. */
function versionOf(packageName: string): string {
  try {
    const path = findPackageJSON(packageName, import.meta.url)
    return path === undefined ? 'unknown' : String(JSON.parse(readFileSync(path, 'utf8')).version)
  } catch {
    return 'unknown'
  }
}
