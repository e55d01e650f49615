import { Hono } from 'hono'

import type { HealthReport, HealthStatus, Pipeline } from '@plumbline/core'
import type { PrometheusExporter } from '@plumbline/core/prometheus'

import type { BuildName } from './gateway-options.ts'

export interface OperationsOptions {
  pipelines: ReadonlyMap<BuildName, Pipeline>
  /** Has the records of all of them. */
  prometheus: PrometheusExporter
  gateway: { readonly isDraining: boolean }
}

/**
 * What the one who operates the service asks, on a port that callers do not reach: `/metrics`, `/livez`, `/readyz` (503 while it
 * stops) and `/healthz`, with what each build says of its provider, stores and ledger. What is only degraded (`warn`), such as a dead
 * cache, is a 200; a provider that cannot be reached is a 503.
 */
export function createOperations({ pipelines, prometheus, gateway }: OperationsOptions): Hono {
  const app = new Hono()
  app.get('/metrics', async (c) =>
    c.body(await prometheus.text(), 200, { 'content-type': prometheus.registry.contentType }),
  )
  app.get('/livez', (c) => c.json({ status: 'pass' }))
  app.get('/readyz', (c) =>
    gateway.isDraining ? c.json({ status: 'fail' }, 503) : c.json({ status: 'pass' }, 200),
  )
  app.get('/healthz', async (c) => {
    const reports = await Promise.all(
      [...pipelines].map(async ([build, pipeline]) => [build, await pipeline.health()] as const),
    )
    const status = worstOf(reports.map(([, report]) => report))
    return c.json({ status, builds: Object.fromEntries(reports) }, status === 'fail' ? 503 : 200)
  })
  return app
}

function worstOf(reports: readonly HealthReport[]): HealthStatus {
  const order: readonly HealthStatus[] = ['fail', 'warn', 'pass']
  return order.find((status) => reports.some((report) => report.status === status)) ?? 'pass'
}
