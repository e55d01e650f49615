/** When a breaker opens, and for how long. */
export interface CircuitBreakerOptions {
  /** Share of failed attempts in the window that opens it, in (0, 1]. Default 0.5. */
  failureRate?: number
  /** Attempts in the window below which it never opens. Default 20. */
  minimumAttempts?: number
  /** In ms. Default 30,000. */
  windowMs?: number
  /** How long nothing is sent before one attempt may probe, in ms. Default 10,000. */
  openMs?: number
}

/** How an attempt ended: an abort and an error that is the caller's own (4xx) say nothing of the provider. */
export type AttemptOutcome = 'success' | 'failure' | 'neither'

/**
 * A circuit breaker for one provider and model, as a state machine: it is told what happens and when (monotonic ms), and
 * answers. Closed, it counts; over the failure rate it opens; after `openMs` it lets one attempt at a time through, whose
 * success closes it and whose failure opens it again.
 */
export interface CircuitBreaker {
  state(nowMs: number): 'closed' | 'open' | 'half-open'
  /** Asks for an attempt: a pass when it may go, otherwise the wait until one may probe. Each attempt that may go must `leave`, once. */
  enter(nowMs: number): Pass | { waitMs: number }
  /** An attempt that has begun in an earlier state of the breaker says nothing about this one. */
  leave(pass: Pass, outcome: AttemptOutcome, nowMs: number): void
}

/** What an attempt entered with. */
export interface Pass {
  /** Counts the times the breaker has opened or closed. */
  readonly generation: number
}

/** The window moves in steps of a tenth of itself. */
const steps = 10

interface Counts {
  step: number
  successes: number
  failures: number
}

/** A closed breaker. Throws `RangeError` for an option that makes no sense. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { failureRate = 0.5, minimumAttempts = 20, windowMs = 30_000, openMs = 10_000 } = options
  if (!(failureRate > 0 && failureRate <= 1))
    throw new RangeError(`failureRate must lie in (0, 1], not be ${failureRate}`)
  for (const [name, value] of Object.entries({ minimumAttempts, windowMs, openMs })) {
    if (!(value > 0)) throw new RangeError(`${name} must be over 0, not ${value}`)
  }
  const stepMs = windowMs / steps
  let window: Counts[] = []
  let openedAtMs: number | undefined
  let generation = 0
  let probe: { pass: Pass; sinceMs: number } | undefined

  function count(outcome: AttemptOutcome, nowMs: number): void {
    const step = Math.floor(nowMs / stepMs)
    window = window.filter((counts) => counts.step > step - steps)
    let counts = window.at(-1)
    if (counts?.step !== step) window.push((counts = { step, successes: 0, failures: 0 }))
    if (outcome === 'success') counts.successes++
    else counts.failures++
  }

  function isOverRate(): boolean {
    const failures = window.reduce((sum, counts) => sum + counts.failures, 0)
    const attempts = window.reduce((sum, counts) => sum + counts.successes, failures)
    return attempts >= minimumAttempts && failures / attempts >= failureRate
  }

  function state(nowMs: number): 'closed' | 'open' | 'half-open' {
    if (openedAtMs === undefined) return 'closed'
    return nowMs - openedAtMs >= openMs ? 'half-open' : 'open'
  }

  function turn(openedAt: number | undefined): void {
    openedAtMs = openedAt
    generation++
    window = []
    probe = undefined
  }

  return {
    state,
    enter(nowMs) {
      if (openedAtMs === undefined) return { generation }
      const waitMs = openedAtMs + openMs - nowMs
      if (waitMs > 0) return { waitMs }
      // A probe that takes long, such as a stream whose reader has paused, does not keep the others out for ever.
      const probeLeftMs = probe === undefined ? 0 : probe.sinceMs + openMs - nowMs
      if (probeLeftMs > 0) return { waitMs: probeLeftMs }
      probe = { pass: { generation }, sinceMs: nowMs }
      return probe.pass
    },
    leave(pass, outcome, nowMs) {
      if (pass.generation !== generation) return
      if (openedAtMs === undefined) {
        if (outcome === 'neither') return
        count(outcome, nowMs)
        if (outcome === 'failure' && isOverRate()) turn(nowMs)
      } else if (pass === probe?.pass) {
        probe = undefined
        if (outcome !== 'neither') turn(outcome === 'success' ? undefined : nowMs)
      }
    },
  }
}
