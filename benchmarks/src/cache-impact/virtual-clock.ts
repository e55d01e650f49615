import type { Clock } from '@plumbline/core'

interface Timer {
  dueMs: number
  callback: () => void
  cancelled: boolean
}

/** A clock whose time jumps from one timer to the next, so that hours of traffic pass in seconds. */
export interface VirtualClock extends Clock {
  /** Jumps to the soonest timer and runs it. False when there is none. */
  runNext(): boolean
}

/** `startMs`: wall-clock start, ms since the epoch. */
export function createVirtualClock(startMs: number): VirtualClock {
  let elapsedMs = 0
  // Soonest first; timers of the same time run in the order in which they were set.
  const timers: Timer[] = []

  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    setTimer(delayMs, callback) {
      const timer = { dueMs: elapsedMs + delayMs, callback, cancelled: false }
      let [low, high] = [0, timers.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((timers[middle]?.dueMs ?? 0) <= timer.dueMs) low = middle + 1
        else high = middle
      }
      timers.splice(low, 0, timer)
      return () => {
        timer.cancelled = true
      }
    },
    runNext() {
      for (let timer = timers.shift(); timer !== undefined; timer = timers.shift()) {
        if (timer.cancelled) continue
        elapsedMs = timer.dueMs
        timer.callback()
        return true
      }
      return false
    },
  }
}
