import type { LLMCallMetrics } from './record.ts'

/** What is counted per call, in whole calls or requests (32 bits per slot are enough). */
export const countNames = [
  'calls',
  'succeeded',
  'blocked',
  'cancelled',
  'hits',
  'coalesced',
  'providerCalls',
  'attempts',
  'firstChunks',
] as const

/** What is summed per call; money in integer nano-dollars, exact up to 2^53. */
export const sumNames = [
  'costNanoUsd',
  'savedNanoUsd',
  'inputTokens',
  'outputTokens',
  'savedTokens',
  'latencyMs',
  'firstChunkMs',
] as const

export type CountName = (typeof countNames)[number]
export type SumName = (typeof sumNames)[number]

/** The counts and sums of some calls, in the order of `countNames` and `sumNames`. */
export interface Tally {
  counts: ArrayLike<number>
  sums: ArrayLike<number>
}

/** A tally of one call, to be filled again and again. Typed like the rows it is added to, which keeps the adding fast. */
export interface CallTally extends Tally {
  counts: Uint32Array
  sums: Float64Array
}

/** Creates a tally that `tallyCall` can fill. */
export function createTally(): CallTally {
  return { counts: new Uint32Array(countNames.length), sums: new Float64Array(sumNames.length) }
}

/**
 * Overwrites `tally` with what one call adds. Latency is taken from calls that reached the provider only; a number
 * that is negative or not finite counts as 0, since one such number would spoil every sum for a week.
 */
export function tallyCall(call: LLMCallMetrics, tally: CallTally): void {
  const reached = call.attempts > 0
  const firstChunk = reached && call.timeToFirstChunkMs !== undefined
  const { counts, sums } = tally
  counts[0] = 1
  counts[1] = call.success ? 1 : 0
  counts[2] = call.outcome === 'blocked' ? 1 : 0
  counts[3] = call.outcome === 'cancelled' ? 1 : 0
  counts[4] = call.cacheStatus === 'hit' ? 1 : 0
  counts[5] = call.cacheStatus === 'coalesced' ? 1 : 0
  counts[6] = reached ? 1 : 0
  counts[7] = amount(call.attempts)
  counts[8] = firstChunk ? 1 : 0
  sums[0] = amount(call.costNanoUsd)
  sums[1] = amount(call.savedNanoUsd)
  sums[2] = amount(call.inputTokens)
  sums[3] = amount(call.outputTokens)
  sums[4] = amount(call.savedTokens)
  sums[5] = reached ? amount(call.latencyMs) : 0
  sums[6] = firstChunk ? amount(call.timeToFirstChunkMs) : 0
}

/** The number itself, or 0 when it is missing, negative or not finite. */
export function amount(value: number | undefined): number {
  return value !== undefined && value > 0 && value < Infinity ? value : 0
}
