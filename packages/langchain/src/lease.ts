import { randomUUID } from 'node:crypto'

import {
  leaseMs,
  leasePollMs,
  leaseRenewalMs,
  systemClock,
  type Clock,
  type LeaseEnd,
  type Leases,
} from '@plumbline/core'

import { sleep } from './deadline.ts'

export interface LeaseOptions {
  clock?: Clock | undefined
  /** Called when the store could not be asked. */
  onLoss?: () => void
}

/**
 * The right of one flight, among all processes that share a store, to fetch an answer. LangChain shares nothing between
 * processes (CAC-21). Renews itself from `take` until `release`; one of a process that dies ends by itself.
 */
export class Lease {
  readonly #leases: Leases
  readonly #name: string
  readonly #owner = randomUUID()
  readonly #clock: Clock
  readonly #onLoss: (() => void) | undefined
  #cancelTimer: (() => void) | undefined

  constructor(leases: Leases, name: string, { clock = systemClock, onLoss }: LeaseOptions = {}) {
    this.#leases = leases
    this.#name = name
    this.#clock = clock
    this.#onLoss = onLoss
  }

  /** Takes it, or says who has it: another process, nobody who would answer (`given up`), or a store that does not say. */
  async take(): Promise<'taken' | 'held' | 'given up' | 'unavailable'> {
    const state = await this.#acquire()
    if (state !== 'acquired') return state
    this.#renewLater()
    return 'taken'
  }

  /** Returns at once. `free` once the answer is in the store, or when nobody wants it any more. */
  release(end: LeaseEnd): void {
    if (this.#cancelTimer === undefined) return
    this.#cancelTimer()
    this.#cancelTimer = undefined
    void this.#release(end)
  }

  /** Until it is worth looking for the other process's answer again. Rejects with the signal's reason when it aborts. */
  wait(turn: number, signal: AbortSignal): Promise<void> {
    return sleep(leasePollMs(turn), this.#clock, signal)
  }

  async #acquire(): Promise<'acquired' | 'held' | 'given up' | 'unavailable'> {
    try {
      return await this.#leases.acquire(this.#name, this.#owner, leaseMs)
    } catch {
      this.#onLoss?.()
      return 'unavailable'
    }
  }

  async #release(end: LeaseEnd): Promise<void> {
    try {
      await this.#leases.release(this.#name, this.#owner, end)
    } catch {
      // It ends by itself.
    }
  }

  #renewLater(): void {
    this.#cancelTimer = this.#clock.setTimer(leaseRenewalMs, () => {
      void this.#acquire()
      this.#renewLater()
    })
  }
}
