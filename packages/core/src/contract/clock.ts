/** The two clocks and the timer that a pipeline uses; tests pass one that they move by hand. */
export interface Clock {
  /** Wall-clock time in ms since the epoch: timestamps, price dates, cache expiry. Can go back. */
  now(): number
  /** Monotonic time in ms from an arbitrary start: latencies and deadlines. Never goes back. */
  monotonicMs(): number
  /** Runs `callback` after `delayMs`; returns a function that cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void
}

/** The machine's own clocks. The timers keep the process alive: every one of them is cancelled when its call ends. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
