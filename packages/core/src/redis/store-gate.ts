import type { Clock } from '../contract/clock.ts'

/** Failures in a row after which a store is left alone. */
const failuresToOpen = 3

/** How long it is left alone before it is tried again, in ms. */
const openMs = 1_000

/**
 * Whether a store is asked. Not the breaker of a provider, which goes by a failure rate and probes with a call: here a few failures in
 * a row are enough, since each of them has delayed a call, and no call is ever the probe of a store that may be silent.
 */
export interface StoreGate {
  isOpen(): boolean
  /** Whether somebody should try the store now: true once per `openMs` while it is left alone. */
  mayTry(): boolean
  succeeded(): void
  failed(): void
}

export function createStoreGate(clock: Clock): StoreGate {
  let failures = 0
  let triedAtMs = 0
  return {
    isOpen: () => failures < failuresToOpen,
    mayTry() {
      const nowMs = clock.monotonicMs()
      if (nowMs - triedAtMs < openMs) return false
      triedAtMs = nowMs
      return true
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures++
      triedAtMs = clock.monotonicMs()
    },
  }
}
