import {
  attemptOutcome,
  createModelBreakers,
  systemClock,
  toPlumblineError,
  UpstreamError,
  type AttemptOutcome,
  type CircuitBreakerOptions,
  type Clock,
  type HealthPart,
  type ModelBreakers,
} from '@plumbline/core'

/** One attempt that a breaker let through. Told once how it ended; what it is told after that has no effect. */
export interface Attempt {
  succeeded(): void
  /** `undefined`: nobody waited for its end. */
  failed(thrown: unknown): void
}

/** Without a breaker every attempt goes. */
export const unguardedAttempt: Attempt = { succeeded() {}, failed() {} }

/** One circuit breaker per model; LangChain has none. */
export class CircuitBreakers {
  readonly #breakers: ModelBreakers
  readonly #clock: Clock

  constructor({
    clock = systemClock,
    ...options
  }: CircuitBreakerOptions & { clock?: Clock | undefined } = {}) {
    this.#breakers = createModelBreakers(options)
    this.#clock = clock
  }

  health(): HealthPart {
    return this.#breakers.health(this.#clock.monotonicMs())
  }

  /** Lets an attempt through; throws `UpstreamError`, with the wait until a probe, while the model's breaker is open. */
  enter(model: string): Attempt {
    const breaker = this.#breakers.of(model)
    const clock = this.#clock
    const pass = breaker.enter(clock.monotonicMs())
    if ('waitMs' in pass) throw openError(model, pass.waitMs)
    let hasEnded = false
    const end = (outcome: AttemptOutcome): void => {
      if (!hasEnded) breaker.leave(pass, outcome, clock.monotonicMs())
      hasEnded = true
    }
    return {
      succeeded: () => end('success'),
      failed: (thrown) =>
        end(thrown === undefined ? 'neither' : attemptOutcome(toPlumblineError(thrown, clock.now()))),
    }
  }
}

function openError(model: string, retryAfterMs: number): UpstreamError {
  return new UpstreamError(
    `Too many calls to ${model} have failed: its circuit breaker is open for ${Math.ceil(retryAfterMs)} ms. Nothing was sent.`,
    { retryable: true, retryAfterMs },
  )
}
