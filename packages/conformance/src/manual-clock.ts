import type { Clock } from '@plumbline/core'

export interface ManualClock extends Clock {
  /** Moves both clocks forward and fires, in order, every timer that falls due. */
  advance(ms: number): void
  /** Moves the wall clock alone, back or forth, as a time server does. */
  setWallClock(epochMs: number): void
  /** Timers that wait, as ms from now, soonest first. */
  pendingTimers(): number[]
}

export interface ManualClockOptions {
  /** Wall-clock start, ms since the epoch. Default 2026-11-23T12:00:00Z. */
  startMs?: number
  /**
   * A timer of at most this many ms fires by itself in the next turn of the event loop and moves both clocks to its due time, so that
   * retries with a back-off of a few ms need no help and no real time. Longer ones (deadlines, idle limits) wait
   * for `advance`. Default 10.
   */
  autoFireUpToMs?: number
}

interface Timer {
  dueMs: number
  callback: () => void
}

/** A clock that stands still unless the test moves it, so that latencies can be compared with `equal`. */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const { startMs = Date.UTC(2026, 10, 23, 12), autoFireUpToMs = 10 } = options
  let wallMs = startMs
  // Not zero: code that takes 0 for "not set" should show.
  let monotonicMs = 1_000_000
  const timers = new Set<Timer>()

  function moveTo(targetMs: number): void {
    const delta = Math.max(0, targetMs - monotonicMs)
    monotonicMs += delta
    wallMs += delta
  }

  function fire(timer: Timer): void {
    if (!timers.delete(timer)) return
    moveTo(timer.dueMs)
    timer.callback()
  }

  return {
    now: () => wallMs,
    monotonicMs: () => monotonicMs,
    setTimer(delayMs, callback) {
      const timer = { dueMs: monotonicMs + delayMs, callback }
      timers.add(timer)
      if (delayMs <= autoFireUpToMs) setImmediate(() => fire(timer))
      return () => {
        timers.delete(timer)
      }
    },
    advance(ms) {
      const targetMs = monotonicMs + ms
      for (;;) {
        const [next] = [...timers]
          .filter((timer) => timer.dueMs <= targetMs)
          .sort((a, b) => a.dueMs - b.dueMs)
        if (next === undefined) break
        fire(next)
      }
      moveTo(targetMs)
    },
    setWallClock(epochMs) {
      wallMs = epochMs
    },
    pendingTimers: () => [...timers].map((timer) => timer.dueMs - monotonicMs).sort((a, b) => a - b),
  }
}
