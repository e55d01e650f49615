import { expect, test } from 'vitest'
import { MetricsCollector } from './collector.ts'
import { countLoss, countVerdicts } from './count-safely.ts'

const verdict = { ruleId: 'pii.email', direction: 'input', action: 'redact', count: 2 } as const

function broken(): never {
  throw new Error('broken')
}

test('verdicts and losses are counted by the collector, where there is one', () => {
  const metrics = new MetricsCollector()
  countVerdicts(metrics, [verdict])
  countLoss(metrics, 'cache_read')
  expect(metrics.summary()).toMatchObject({ verdicts: [verdict], losses: { cache_read: 1 } })
  countVerdicts(undefined, [verdict])
  countLoss(undefined, 'cache_read')
})

test('a collector that throws loses verdicts, which is counted; one that cannot count losses throws at nobody', () => {
  const metrics = new MetricsCollector()
  metrics.countVerdicts = broken
  countVerdicts(metrics, [verdict])
  expect(metrics.summary().losses).toEqual({ metrics: 1 })
  metrics.countLoss = broken
  countVerdicts(metrics, [verdict])
  countLoss(metrics, 'logger')
})
