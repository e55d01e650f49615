import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

import type { ByteStore, Clock, HealthPart, HealthReport, Ledger, MetricsCollector } from '@plumbline/core'

import type { CircuitBreakers } from './breaker.ts'

export interface HealthOptions {
  /** Rejects when the provider cannot serve; spends no tokens. */
  probe: (signal: AbortSignal) => Promise<unknown>
  stores: readonly ByteStore[]
  breakers: CircuitBreakers | undefined
  ledger: Ledger | undefined
  metrics: MetricsCollector
  clock: Clock
  /** Monotonic, in ms. */
  startedMs: number
}

/** The longest that a part may take to answer, in ms. */
const limitMs = 2_000

const packages = ['@plumbline/langchain', '@langchain/core', '@langchain/openai', 'langchain', 'openai']

/** Asks the provider, the stores and the ledger at once; answers within two seconds whatever is down. */
export async function checkHealth({
  probe,
  stores,
  breakers,
  ledger,
  metrics,
  clock,
  startedMs,
}: HealthOptions): Promise<HealthReport> {
  const [provider, store, kept] = await Promise.all([
    check('fail', clock, probe),
    check('warn', clock, () => Promise.all(stores.map(async (one) => one.ping()))),
    check('warn', clock, async () => ledger?.ping()),
  ])
  const { failed, succeeded, p95LatencyMs } = metrics.summary({ lastHours: 5 / 60 })
  const breaker: HealthPart = breakers?.health() ?? { status: 'pass' }
  const isDegraded = [store, breaker, kept].some(({ status }) => status !== 'pass')
  return {
    status: provider.status === 'pass' && isDegraded ? 'warn' : provider.status,
    parts: { provider, store, breaker, ledger: kept },
    versions: versionsOf(packages),
    uptimeMs: clock.monotonicMs() - startedMs,
    errorRate: failed === 0 ? 0 : failed / (failed + succeeded),
    p95LatencyMs,
  }
}

async function check(
  status: 'warn' | 'fail',
  clock: Clock,
  ask: (signal: AbortSignal) => Promise<unknown>,
): Promise<HealthPart> {
  const controller = new AbortController()
  let cancelTimer: (() => void) | undefined
  const timeout = new Promise<HealthPart>((resolve) => {
    cancelTimer = clock.setTimer(limitMs, () => {
      resolve({ status, reason: `no answer within ${limitMs} ms` })
      controller.abort()
    })
  })
  const answer = ask(controller.signal).then(
    (): HealthPart => ({ status: 'pass' }),
    (error: unknown): HealthPart => ({ status: isAnswer(error) ? 'warn' : status, reason: reasonOf(error) }),
  )
  const part = await Promise.race([answer, timeout])
  cancelTimer?.()
  return part
}

/** A server that says so is there: it has no list of models, or too many callers. */
const answeringStatuses = new Set<unknown>([404, 405, 429])

function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'status' in error && answeringStatuses.has(error.status)
}

/** Class and status only: messages of servers and drivers can quote keys and addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  const status = 'status' in error && typeof error.status === 'number' ? ` (status ${error.status})` : ''
  return `${error.constructor.name}${status}`
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
