import { randomUUID } from 'node:crypto'

import { leaseMs, leasePollMs, leaseRenewalMs, type Clock, type LeaseEnd, type Leases } from '@plumbline/core'

import { sleep } from './deadline.ts'

/** What a store that processes share came to for one flight: the answer, or the turn to fetch it. */
export interface Turn<T> {
  answer?: T | undefined
  /** Held while the answer is fetched: the other processes wait for it. None where the store has none, or does not answer. */
  lease?: HeldLease | undefined
}

export interface HeldLease {
  /** Returns at once. Call it once the answer is in the store, or it is known that it never will be. */
  release(end: LeaseEnd): void
}

export interface TurnParts<T> {
  /** Looks for the answer; never rejects. */
  look: () => Promise<T | 'missing' | 'unavailable'>
  clock: Clock
  /** Of the flight. */
  signal: AbortSignal
  /** Called when the store could not be asked. */
  onLoss: () => void
}

/**
 * Waits for the answer that another process is fetching, as long as that process renews its lease; otherwise takes the lease.
 * Without one where the store fails or the other process has given up: the flight then fetches alone. Rejects when the flight is
 * aborted.
 */
export async function takeTurn<T extends object>(
  leases: Leases,
  name: string,
  { look, clock, signal, onLoss }: TurnParts<T>,
): Promise<Turn<T>> {
  const owner = randomUUID()

  async function acquire(): Promise<'acquired' | 'held' | 'given up' | 'unavailable'> {
    try {
      return await leases.acquire(name, owner, leaseMs)
    } catch {
      onLoss()
      return 'unavailable'
    }
  }

  for (let turn = 0; ; turn++) {
    const state = await acquire()
    if (state === 'given up' || state === 'unavailable') return {}
    const lease =
      state === 'acquired' ? holdLease(acquire, (end) => leases.release(name, owner, end), clock) : undefined
    // The answer may have come since the look that missed it: it is stored before its lease ends.
    const found = signal.aborted ? 'unavailable' : await look()
    if (signal.aborted || typeof found === 'object') lease?.release('free')
    signal.throwIfAborted()
    if (typeof found === 'object') return { answer: found }
    if (lease || found === 'unavailable') return { lease }
    await sleep(leasePollMs(turn), clock, signal)
  }
}

/** Renews a lease until it is released. */
function holdLease(
  renew: () => Promise<unknown>,
  release: (end: LeaseEnd) => void | Promise<void>,
  clock: Clock,
): HeldLease {
  let cancelTimer = (): void => {}
  const renewLater = (): void => {
    cancelTimer = clock.setTimer(leaseRenewalMs, () => {
      void renew()
      renewLater()
    })
  }
  async function releaseOnce(end: LeaseEnd): Promise<void> {
    try {
      await release(end)
    } catch {
      // It ends by itself.
    }
  }

  renewLater()
  return {
    release(end) {
      cancelTimer()
      void releaseOnce(end)
    },
  }
}
