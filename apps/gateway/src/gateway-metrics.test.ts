import { Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { createAdmission } from './admission.ts'
import { deployFile } from './deployment/files.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'

test('an error that has not come yet is a zero: of a series that begins with one, Prometheus sees no increase', async () => {
  const registry = new Registry()
  const metrics = createGatewayMetrics(registry, () => createAdmission({ maxInFlight: 1, maxQueued: 0 }))
  const watched = [...deployFile('prometheus/alerts.yml').matchAll(/code="(\w+)"/g)].map(([, code]) => code)
  expect(watched).toContain('BUDGET_EXCEEDED')
  const text = await registry.metrics()
  for (const code of [...watched, 'INTERNAL', 'UNAUTHENTICATED']) {
    expect(text).toContain(`gateway_refusals_total{code="${code}"} 0\n`)
  }
  metrics.refused('BUDGET_EXCEEDED')
  expect(await registry.metrics()).toContain('gateway_refusals_total{code="BUDGET_EXCEEDED"} 1\n')
})
