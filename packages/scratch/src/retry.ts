import {
  retryDelayMs,
  toPlumblineError,
  type Clock,
  type RetryBudget,
  type RetryOptions,
} from '@plumbline/core'

import type { Attempt, Breakers } from './breaker.ts'
import { sleep } from './deadline.ts'

/** What a pipeline has for all its attempts. */
export interface RetryParts {
  retry: RetryOptions
  /** Undefined: no bound. */
  budget: RetryBudget | undefined
  breakers: Breakers
  clock: Clock
  random: () => number
}

export interface RetryContext {
  /** Whose breaker is asked. */
  model: string
  /** Of a call that has asked another model already, which earns no retry again. Default false. */
  isFallback?: boolean
  /** Aborted when nobody waits for the call any more. */
  signal: AbortSignal
  /** Time left until the deadline of the call, in ms. */
  remainingMs: () => number
}

/**
 * Runs `attempt` until it succeeds, fails for good, or there is no delay, budget or breaker for another one. Rejects with the typed
 * error of the last attempt. What has reached the caller is never tried again: a stream's attempt ends with its first chunk,
 * and says itself, to the `Attempt` it is given, how the stream went on.
 */
export async function withRetry<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  { retry, budget, breakers, clock, random }: RetryParts,
  { model, isFallback = false, signal, remainingMs }: RetryContext,
): Promise<T> {
  for (let number = 1; ; number++) {
    // Not tried again: whoever is told that the breaker is open is told at once.
    const entered = breakers.enter(model)
    if (number === 1 && !isFallback) budget?.sawCall(clock.monotonicMs())
    try {
      return await attempt(entered)
    } catch (thrown) {
      entered.failed(signal.aborted ? undefined : thrown)
      signal.throwIfAborted()
      const error = toPlumblineError(thrown, clock.now())
      const delayMs = retryDelayMs({ error, attempt: number, remainingMs: remainingMs(), random }, retry)
      if (delayMs === undefined || budget?.take(clock.monotonicMs()) === false) throw error
      await sleep(delayMs, clock, signal)
    }
  }
}
