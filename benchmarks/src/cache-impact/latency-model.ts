import type { LatencyModel } from '@plumbline/report'

import { normal, seededRandom } from '../method/seeded-random.ts'

/**
 * The models of the simulated provider. The times are assumptions in the range that public speed tests of hosted models gave in
 * 2025; they are not measurements of anybody's service. That is why results are shown at half and at double of them.
 */
export const latencyModels: readonly LatencyModel[] = [
  { model: 'gpt-4o-mini', timeToFirstTokenMs: 450, outputTokensPerSecond: 80, spread: 0.35 },
  { model: 'text-embedding-3-small', timeToFirstTokenMs: 90, outputTokensPerSecond: 0, spread: 0.35 },
]

/**
 * How long the model takes for one request, in ms: time to first token, then the output at its speed, both times the
 * request's own factor, which follows from `digest` (so that every entrant meets the same slow requests).
 */
export function modelledLatencyMs(model: LatencyModel, digest: Buffer, outputTokens: number): number {
  const { timeToFirstTokenMs, outputTokensPerSecond, spread } = model
  const factor = Math.exp(spread * normal(seededRandom(digest.readUInt32LE(0))))
  const outputMs = outputTokensPerSecond === 0 ? 0 : (outputTokens / outputTokensPerSecond) * 1000
  return (timeToFirstTokenMs + outputMs) * factor
}
