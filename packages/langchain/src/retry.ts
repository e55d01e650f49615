import {
  retryDelayMs,
  toPlumblineError,
  type Clock,
  type RetryBudget,
  type RetryOptions,
} from '@plumbline/core'

import { unguardedAttempt, type Attempt, type CircuitBreakers } from './breaker.ts'
import { sleep } from './deadline.ts'

export interface RetryContext {
  /** Whose breaker is asked. */
  model: string
  /** Of a call that has asked another model already, which earns no retry again. Default false. */
  isFallback?: boolean
  retry: RetryOptions | undefined
  /** Undefined: no bound on the retries of all calls together. */
  retryBudget: RetryBudget | undefined
  breakers: CircuitBreakers | undefined
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal
  /** Time left for whoever waits longest, in ms. */
  remainingMs: () => number
}

/**
 * Calls `attempt` until it succeeds, fails for good, or there is no delay, budget or breaker for another one. Rejects with the
 * typed error of the last attempt. A stream's attempt ends with its first chunk, since what may have reached the caller is never
 * tried again, and says itself, to the `Attempt` it is given, how the stream went on.
 *
 * Takes the place of LangChain's `AsyncCaller`, which waits for no `Retry-After` (FLT-03), ignores `x-should-retry`
 * (FLT-04), does not retry a plain 429 (FLT-05) and tells nobody how often it tried (MET-01).
 */
export async function withRetries<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  context: RetryContext,
): Promise<T> {
  const {
    model,
    isFallback = false,
    retry,
    retryBudget,
    breakers,
    clock,
    random,
    signal,
    remainingMs,
  } = context
  for (let number = 1; ; number++) {
    // Not tried again: whoever is told that the breaker is open is told at once.
    const entered = breakers?.enter(model) ?? unguardedAttempt
    if (number === 1 && !isFallback) retryBudget?.sawCall(clock.monotonicMs())
    try {
      return await attempt(entered)
    } catch (thrown) {
      entered.failed(signal.aborted ? undefined : thrown)
      signal.throwIfAborted()
      const error = toPlumblineError(thrown, clock.now())
      const delayMs = retryDelayMs({ error, attempt: number, remainingMs: remainingMs(), random }, retry)
      if (delayMs === undefined || retryBudget?.take(clock.monotonicMs()) === false) throw error
      await sleep(delayMs, clock, signal)
    }
  }
}
