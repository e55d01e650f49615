import { openSync, readSync } from 'node:fs'

import type { Checks } from './checks.ts'
import type { Lab } from './lab.ts'
import type { FaultServer } from './servers/fault-server.ts'

/** How a promise has ended, and when, on the machine's monotonic clock in ms. */
export type Ending<T> = { atMs: number } & ({ value: T } | { error: unknown })

/** A promise whose end can be looked at without waiting for it. */
export interface Watched<T> {
  /** Undefined while it has not ended. */
  readonly ending: Ending<T> | undefined
  /** Resolves with its end; rejects with a plain error when that takes more than `limitMs` of real time. */
  within(limitMs: number, what: string): Promise<Ending<T>>
}

/** Watches a promise that may never settle. Its rejection is a value here, never an unhandled one. */
export function watched<T>(promise: PromiseLike<T>): Watched<T> {
  let ending: Ending<T> | undefined
  const ended = promise.then(
    (value) => (ending = { atMs: performance.now(), value }),
    (error: unknown) => (ending = { atMs: performance.now(), error }),
  )
  return {
    get ending() {
      return ending
    },
    async within(limitMs, what) {
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} did not end within ${limitMs} ms.`)), limitMs)
      })
      try {
        return await Promise.race([ended, limit])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** The value that a watched promise ended with; throws what it rejected with. */
export function unwrap<T>(ending: Ending<T>): T {
  if ('error' in ending) throw ending.error
  return ending.value
}

/** Something came, and came too late. */
class LateError extends Error {}

/** Requires that no more than `limitMs` have passed; see `undisturbed`. */
export function assertInTime(
  check: Pick<Checks, 'ok'>,
  passedMs: number,
  limitMs: number,
  what: string,
): void {
  check.ok(Number.isFinite(passedMs), `${what}: a time, not ${passedMs}`)
  if (passedMs > limitMs) throw new LateError(`${what} must be at most ${limitMs} ms, not ${passedMs}`)
}

/**
 * A scenario that measures real time: what came too late is given two more chances. What a busy machine adds comes by chance,
 * what an entrant adds comes each time. The servers of a chance that was late are closed, whatever they still hold.
 */
export function undisturbed(run: (lab: Lab) => Promise<void>): (lab: Lab) => Promise<void> {
  return async (lab) => {
    for (let chance = 1; ; chance++) {
      const servers: FaultServer[] = []
      const faults: Lab['faults'] = async (script) => {
        const server = await lab.faults(script)
        servers.push(server)
        return server
      }
      try {
        return await run({ ...lab, faults })
      } catch (error) {
        if (chance === 3 || !(error instanceof LateError)) throw error
        await Promise.all(servers.map((server) => server.close()))
      }
    }
  }
}

let schedstat: number | undefined

/**
 * How long this thread has stood in line for a processor so far, in ms, while other processes had them: the second figure of Linux'
 * `/proc/thread-self/schedstat` (docs.kernel.org/scheduler/sched-stats.html, read 2026-11-30). Where there is none, 0: there, what
 * the neighbours take counts as the entrant's.
 */
export function stoodInLineMs(): number {
  try {
    schedstat ??= openSync('/proc/thread-self/schedstat', 'r')
    const bytes = Buffer.alloc(64)
    const read = readSync(schedstat, bytes, 0, bytes.length, 0)
    return Number(bytes.toString('latin1', 0, read).split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

const rounds = 10

/** So many times the limit is nobody else's doing. */
const hopeless = 50

/**
 * Measures in rounds, ten at most, until one is within `limit` or hopelessly over it; resolves with the least. For a figure that
 * takes a fraction of a second to measure on something that took long to build up: what a busy machine adds comes by chance, and
 * what the part itself takes is in every round.
 */
export async function bestRound(limit: number, measure: (round: number) => number): Promise<number> {
  let best = Infinity
  for (let round = 0; round < rounds && best > limit; round++) {
    const measured = measure(round)
    best = Math.min(best, measured)
    if (measured > hopeless * limit) break
    // Who waits for the processor gets it now, and not within the next round.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return best
}

/**
 * Lets the event loop turn: what is on its way inside this process (bytes on a loopback socket, timers that are about to be
 * set, rejections) arrives meanwhile. Takes a few ms.
 */
export async function turns(count = 40): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Resolves with a number once it has not changed for `quietMs` of real time, or once it is over `limit`.
 * For what no event tells: that a server can send no more.
 */
export async function steady(read: () => number, limit: number, quietMs = 150): Promise<number> {
  let before = -1
  for (let value = read(); value !== before && value <= limit; value = read()) {
    before = value
    await new Promise((resolve) => setTimeout(resolve, quietMs))
  }
  return read()
}
