import { retryDelayMs, toPlumblineError, type Clock, type RetryOptions } from '@plumbline/core'

import { sleep } from './deadline.ts'

export interface RetryContext {
  options: RetryOptions
  clock: Clock
  random: () => number
  /** Aborted when nobody waits for the call any more. */
  signal: AbortSignal
  /** Time left until the deadline of the call, in ms. */
  remainingMs: () => number
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the next delay would pass the deadline. `attempt` is told its number,
 * from 1. Rejects with the typed error of the last attempt. What has reached the caller is never tried again: a stream's
 * attempt ends with its first chunk.
 */
export async function withRetry<T>(
  attempt: (attempt: number) => Promise<T>,
  context: RetryContext,
): Promise<T> {
  const { options, clock, random, signal, remainingMs } = context
  for (let number = 1; ; number++) {
    try {
      return await attempt(number)
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toPlumblineError(thrown, clock.now())
      const delayMs = retryDelayMs({ error, attempt: number, remainingMs: remainingMs(), random }, options)
      if (delayMs === undefined) throw error
      await sleep(delayMs, clock, signal)
    }
  }
}
