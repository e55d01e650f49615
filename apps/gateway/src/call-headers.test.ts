import type { LLMCallMetrics } from '@plumbline/core'
import { expect, test } from 'vitest'

import { recordHeaders } from './call-headers.ts'

const call: LLMCallMetrics = {
  id: 'one',
  operation: 'embed',
  stream: false,
  provider: 'openai',
  model: 'text-embedding-3-small',
  tenant: 'acme',
  timestamp: 0,
  latencyMs: 1,
  inputTokens: 3,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  usageEstimated: false,
  success: true,
  outcome: 'success',
  cacheStatus: 'miss',
  attempts: 1,
  costNanoUsd: 60,
  savedNanoUsd: 0,
  savedTokens: 0,
  priceSource: 'published',
  priceDate: '2026-11-24',
}

test.each([
  [0, '0'],
  [60, '0.00000006'],
  [4_500, '0.0000045'],
  [1_000_000_000, '1'],
  [20_000_000_000, '20'],
  [12_345_678_901, '12.345678901'],
])('a cost of %i nano-dollars is %s', (costNanoUsd, text) => {
  expect(recordHeaders({ ...call, costNanoUsd })['x-plumbline-cost-usd']).toBe(text)
})
