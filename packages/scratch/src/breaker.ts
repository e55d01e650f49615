import {
  attemptOutcome,
  createModelBreakers,
  toPlumblineError,
  UpstreamError,
  type CircuitBreakerOptions,
  type Clock,
  type HealthPart,
} from '@plumbline/core'

/** One attempt that a breaker let through. Told once how it ended; what it is told after that has no effect. */
export interface Attempt {
  succeeded(): void
  /** `undefined`: nobody waited for its end. */
  failed(thrown: unknown): void
}

/** One circuit breaker per model. */
export interface Breakers {
  /** Lets an attempt through; throws `UpstreamError`, with the wait until a probe, while the model's breaker is open. */
  enter(model: string): Attempt
  health(): HealthPart
}

export function createBreakers(options: CircuitBreakerOptions | false, clock: Clock): Breakers {
  if (options === false) {
    return { enter: () => ({ succeeded() {}, failed() {} }), health: () => ({ status: 'pass' }) }
  }
  const breakers = createModelBreakers(options)

  return {
    health: () => breakers.health(clock.monotonicMs()),
    enter(model) {
      const breaker = breakers.of(model)
      const pass = breaker.enter(clock.monotonicMs())
      if ('waitMs' in pass) throw openError(model, pass.waitMs)
      let hasEnded = false
      const end = (outcome: ReturnType<typeof attemptOutcome>): void => {
        if (!hasEnded) breaker.leave(pass, outcome, clock.monotonicMs())
        hasEnded = true
      }
      return {
        succeeded: () => end('success'),
        failed: (thrown) =>
          end(thrown === undefined ? 'neither' : attemptOutcome(toPlumblineError(thrown, clock.now()))),
      }
    },
  }
}

function openError(model: string, retryAfterMs: number): UpstreamError {
  return new UpstreamError(
    `Too many calls to ${model} have failed: its circuit breaker is open for ${Math.ceil(retryAfterMs)} ms. Nothing was sent.`,
    { retryable: true, retryAfterMs },
  )
}
