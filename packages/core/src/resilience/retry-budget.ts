/** How many retries a pipeline may make beside its calls. */
export interface RetryBudgetOptions {
  /** Retries per call, in [0, 1]. Default 0.1. */
  ratio?: number
  /** Retries that are always there to begin with, and again within a minute, so that quiet traffic is retried too. Default 10. */
  floor?: number
}

/**
 * Retries that multiply when everything fails are what keeps a provider down. Each call adds a share of a retry to the budget,
 * each retry takes one (as Finagle's retry budget does: https://twitter.github.io/finagle/guide/Clients.html#retries, read
 * 2026-11-24). Time is monotonic ms.
 */
export interface RetryBudget {
  /** Notes a call, with its first attempt. */
  sawCall(nowMs: number): void
  /** Takes one retry; false when there is none left. */
  take(nowMs: number): boolean
}

/** A budget with its floor in it. Throws `RangeError` for an option that makes no sense. */
export function createRetryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  const { ratio = 0.1, floor = 10 } = options
  if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio must lie in [0, 1], not be ${ratio}`)
  if (!(floor >= 0)) throw new RangeError(`floor must be 0 or more, not ${floor}`)
  // A busy hour must not pay for a storm of retries after it.
  const most = 100
  let earned = 0
  let standing = floor
  let refilledAtMs: number | undefined

  function refill(nowMs: number): void {
    const sinceMs = nowMs - (refilledAtMs ?? nowMs)
    standing = Math.min(floor, standing + (sinceMs / 60_000) * floor)
    refilledAtMs = nowMs
  }

  return {
    sawCall(nowMs) {
      refill(nowMs)
      earned = Math.min(most, earned + ratio)
    },
    take(nowMs) {
      refill(nowMs)
      // Sums of tenths: ten of them are one.
      if (earned >= 1 - 1e-9) earned -= 1
      else if (standing >= 1) standing -= 1
      else return false
      return true
    },
  }
}
