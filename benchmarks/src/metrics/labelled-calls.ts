import type { LLMCallMetrics } from '@plumbline/core'

import { seededRandom } from '../method/seeded-random.ts'

/** Made once and told again and again: making a call of each would be most of the time. */
const preparedCalls = 16_384

/** Calls with four labels of 16 values each, in random combination, and latencies over two and a half orders of magnitude. */
export function labelledCalls(seed: number): LLMCallMetrics[] {
  const random = seededRandom(seed)
  const value = (label: string): string => `${label}-${Math.floor(random() * 16)}`
  return Array.from({ length: preparedCalls }, (_, index) => ({
    id: `call-${index}`,
    operation: 'chat',
    stream: false,
    provider: 'openai',
    model: value('model'),
    endpoint: value('endpoint'),
    promptVersion: value('version'),
    tenant: value('tenant'),
    timestamp: 0,
    latencyMs: Math.exp(3 + 6 * random()),
    inputTokens: 1000,
    cachedInputTokens: 100,
    outputTokens: 100,
    reasoningTokens: 0,
    usageEstimated: false,
    success: true,
    outcome: 'success',
    cacheStatus: 'miss',
    attempts: 1,
    costNanoUsd: 3_500_000,
    savedNanoUsd: 0,
    savedTokens: 0,
    priceSource: 'published',
    priceDate: 'benchmark',
  }))
}
