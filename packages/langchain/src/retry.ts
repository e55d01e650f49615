import { retryDelayMs, toPlumblineError, type Clock, type RetryOptions } from '@plumbline/core'

import { sleep } from './deadline.ts'

export interface RetryContext {
  retry: RetryOptions | undefined
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal
  /** Time left for whoever waits longest, in ms. */
  remainingMs: () => number
}

/**
 * Calls `attempt` until it succeeds, fails for good, or the next delay would pass the deadline. Rejects with the typed error
 * of the last attempt. A stream's attempt ends with its first chunk: what may have reached the caller is never tried again.
 *
 * Takes the place of LangChain's `AsyncCaller`, which waits for no `Retry-After` (FLT-03), ignores `x-should-retry`
 * (FLT-04), does not retry a plain 429 (FLT-05) and tells nobody how often it tried (MET-01).
 */
export async function withRetries<T>(attempt: () => Promise<T>, context: RetryContext): Promise<T> {
  const { retry, clock, random, signal, remainingMs } = context
  for (let number = 1; ; number++) {
    try {
      return await attempt()
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toPlumblineError(thrown, clock.now())
      const delayMs = retryDelayMs({ error, attempt: number, remainingMs: remainingMs(), random }, retry)
      if (delayMs === undefined) throw error
      await sleep(delayMs, clock, signal)
    }
  }
}
