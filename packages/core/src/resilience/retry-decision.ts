import type { PlumblineError } from '../contract/errors.ts'
import type { RetryOptions } from '../contract/options.ts'
import type { AttemptOutcome } from './circuit-breaker.ts'

export interface FailedAttempt {
  error: PlumblineError
  /** 1 after the first attempt. */
  attempt: number
  /** Time left until the deadline, in ms. */
  remainingMs: number
  /** Uniform in [0, 1). */
  random: () => number
}

/**
 * The delay before the next attempt, in ms; undefined when there must be none. The provider's own wait is obeyed where it
 * fits before the deadline, and never shortened: where it does not fit the error goes to the caller with its `retryAfterMs`.
 * Otherwise exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function retryDelayMs(failed: FailedAttempt, options: RetryOptions = {}): number | undefined {
  const { maxRetries = 2, baseDelayMs = 500, maxDelayMs = 8_000 } = options
  const { error, attempt, remainingMs, random } = failed
  if (!error.retryable || attempt > maxRetries) return undefined
  const delayMs = error.retryAfterMs ?? random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1))
  return delayMs < remainingMs ? delayMs : undefined
}

const providerFailures = new Set(['UPSTREAM', 'UPSTREAM_TRUNCATED', 'NETWORK', 'TIMEOUT'])

/** What an attempt that ended with `error`, or without one, says of the provider: a 4xx and an abort say nothing. */
export function attemptOutcome(error: PlumblineError | undefined): AttemptOutcome {
  if (error === undefined) return 'success'
  const isAnswered = error.status !== undefined && error.status < 500 && error.status >= 400
  return providerFailures.has(error.code) && !isAnswered ? 'failure' : 'neither'
}
