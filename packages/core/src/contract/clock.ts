/** The two clocks and the timer that a pipeline uses; tests pass one that they move by hand. */
export interface Clock {
  /** Wall-clock time in ms since the epoch: timestamps, price dates, cache expiry. Can go back. */
  now(): number
  /** Monotonic time in ms from an arbitrary start: latencies and deadlines. Never goes back. */
  monotonicMs(): number
  /** Runs `callback` after `delayMs`; returns a function that cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void
}

/** The longest timer of Node, in ms; it fires a longer one after 1 ms (https://nodejs.org/api/timers.html, read 2026-11-24). */
const longestTimerMs = 2 ** 31 - 1

/** The machine's own clocks. The timers keep the process alive: every one of them is cancelled when its call ends. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number): void => {
      if (leftMs <= longestTimerMs) timer = setTimeout(callback, leftMs)
      else timer = setTimeout(() => wait(leftMs - longestTimerMs), longestTimerMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}
