import { nanoUsdToUsd } from './money.ts'
import type { LLMCallMetrics } from './record.ts'
import { amount } from './tally.ts'

/** What one UTC hour cost. */
export interface HourlyCost {
  /** Start of the hour, ISO 8601 in UTC: `2026-11-23T14:00:00.000Z`. */
  hourStart: string
  costUsd: number
  savedUsd: number
  /** `costUsd` and `savedUsd` in integer nano-dollars. */
  costNanoUsd: number
  savedNanoUsd: number
  calls: number
}

interface Bucket {
  costNanoUsd: number
  savedNanoUsd: number
  calls: number
}

const hourMs = 3_600_000

// Seven days, as the longest window, and one hour that is only partly inside it.
const maxHours = 7 * 24 + 1

/**
 * Cost per hour, by the start of each call. Hours are counted from the epoch, in UTC, so that a daylight-saving change
 * neither doubles nor swallows one. The latest 169 hours with calls are kept.
 */
export class HourlyCosts {
  readonly #buckets = new Map<number, Bucket>()

  /** Adds a call to the hour of its timestamp. */
  add(call: LLMCallMetrics): void {
    const hour = Math.floor(call.timestamp / hourMs)
    if (!Number.isFinite(hour)) return
    this.#addTo(hour, amount(call.costNanoUsd), amount(call.savedNanoUsd), 1)
  }

  /** Adds all hours of `other`. */
  merge(other: HourlyCosts): void {
    for (const [hour, { costNanoUsd, savedNanoUsd, calls }] of other.#buckets) {
      this.#addTo(hour, costNanoUsd, savedNanoUsd, calls)
    }
  }

  /** The hours with calls from the one that `fromMs` falls into, ascending. */
  since(fromMs: number): HourlyCost[] {
    return [...this.#buckets]
      .filter(([hour]) => hour >= Math.floor(fromMs / hourMs))
      .sort(([a], [b]) => a - b)
      .map(([hour, bucket]) => ({
        hourStart: new Date(hour * hourMs).toISOString(),
        costUsd: nanoUsdToUsd(bucket.costNanoUsd),
        savedUsd: nanoUsdToUsd(bucket.savedNanoUsd),
        ...bucket,
      }))
  }

  #addTo(hour: number, costNanoUsd: number, savedNanoUsd: number, calls: number): void {
    const bucket = this.#buckets.get(hour)
    if (bucket) {
      bucket.costNanoUsd += costNanoUsd
      bucket.savedNanoUsd += savedNanoUsd
      bucket.calls += calls
      return
    }
    this.#buckets.set(hour, { costNanoUsd, savedNanoUsd, calls })
    if (this.#buckets.size > maxHours) this.#buckets.delete(Math.min(...this.#buckets.keys()))
  }
}
