import { labelNames } from './labels.ts'
import { LatencyLog } from './latency-log.ts'
import { Slot } from './slot.ts'

/** Which series have latency bins in a ring: all of them, or all calls together (series 0) alone. */
export type BinsOf = 'all series' | 'series 0'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** One ring: how long a slot is and how far back the ring reaches, in ms. */
export interface RingSize {
  slotMs: number
  reachMs: number
  binsOf: BinsOf
}

const fineSize: RingSize = { slotMs: 10 * secondMs, reachMs: hourMs, binsOf: 'all series' }
const coarseSizes: readonly RingSize[] = [
  { slotMs: minuteMs, reachMs: 24 * hourMs, binsOf: 'series 0' },
  { slotMs: hourMs, reachMs: 7 * 24 * hourMs, binsOf: 'series 0' },
]

/** How far back windows reach at most, in ms: seven days. */
export const longestWindowMs = 7 * 24 * hourMs

/** How far back latency bins of single label values are kept, in ms: one hour. */
export const seriesLatencyMs = fineSize.reachMs

/**
 * Slots of 10 s for the last hour, of 1 min for the last day and of 1 h for the last seven days, by wall-clock time, so
 * that those of two processes line up. Calls go into one open slot of 10 s, and from there into all three rings when
 * its time has passed: adding each call to every ring would cost three times as much.
 */
export class Windows {
  readonly #fine = new Ring(fineSize)
  readonly #coarse = coarseSizes.map((size) => new Ring(size))
  #open: Slot | undefined
  // Handed from one open slot to the next: growing its arrays anew cost more than all else that a call does there.
  readonly #log = new LatencyLog(1 + labelNames.length)

  /** The slot to add calls of `nowMs` to; `seriesCount` is how many series there are by now. */
  at(nowMs: number, seriesCount: number): Slot {
    const index = Math.floor(nowMs / fineSize.slotMs)
    if (this.#open?.index === index) return this.#open
    const outdated = this.#open && this.#close(this.#open)
    this.#open = outdated?.reopen(index, this.#log) ?? new Slot(index, seriesCount, this.#log)
    return this.#open
  }

  /** The slots that overlap the `reachMs` before `nowMs`, in no order. A slot that is partly inside counts whole. */
  last(reachMs: number, nowMs: number): Slot[] {
    const ring = [this.#fine, ...this.#coarse].find(({ size }) => reachMs <= size.reachMs)
    if (!ring) return []
    const slots = ring.last(reachMs, nowMs)
    if (this.#open && ring.isInside(startOf(this.#open), reachMs, nowMs)) slots.push(this.#open)
    return slots
  }

  /** Adds all of `other`, series `from` there to series `targets[from]` here. */
  merge(other: Windows, targets: readonly number[]): void {
    this.#fine.merge(other.#fine, targets)
    for (const [position, ring] of this.#coarse.entries()) {
      const otherRing = other.#coarse[position]
      if (otherRing) ring.merge(otherRing, targets)
    }
    if (!other.#open) return
    for (const ring of [this.#fine, ...this.#coarse]) ring.take(startOf(other.#open), other.#open, targets)
  }

  /** Moves the open slot into the rings; the slot whose place it takes is free to be used again. */
  #close(open: Slot): Slot | undefined {
    for (const ring of this.#coarse) ring.add(startOf(open), open)
    return this.#fine.adopt(open)
  }
}

function startOf(open: Slot): number {
  return open.index * fineSize.slotMs
}

/**
 * The slots of the last `reachMs`, each in its place modulo their number. After a clock is set back, calls go into the
 * older slots; slots of a clock that was ahead are overwritten as their place comes round.
 */
class Ring {
  readonly size: RingSize
  readonly #slots: (Slot | undefined)[]
  #latest: Slot | undefined

  constructor(size: RingSize) {
    this.size = size
    // One more than fit into the reach: the oldest and the youngest are only partly inside it.
    this.#slots = Array.from({ length: size.reachMs / size.slotMs + 1 })
  }

  last(reachMs: number, nowMs: number): Slot[] {
    return this.#slots.filter(
      (slot): slot is Slot =>
        slot !== undefined && this.isInside(slot.index * this.size.slotMs, reachMs, nowMs),
    )
  }

  isInside(startMs: number, reachMs: number, nowMs: number): boolean {
    const index = Math.floor(startMs / this.size.slotMs)
    const from = Math.floor((nowMs - reachMs) / this.size.slotMs)
    return index >= from && index <= Math.floor(nowMs / this.size.slotMs)
  }

  /** Adds the calls of `source`, which began at `startMs`, to the slot of that time; see `Slot.addAll`. */
  add(startMs: number, source: Slot, targets?: readonly number[]): void {
    const slot = this.#slotAt(Math.floor(startMs / this.size.slotMs), source.seriesCount)
    slot.addAll(source, this.size.binsOf, targets)
    // The slot of now is about to get more; unpacking it each time would cost more than it saves.
    if (this.#latest && this.#latest !== slot) this.#latest.pack()
    this.#latest = slot
  }

  /**
   * Takes `source` itself as the slot of its time, or adds it to the one that is there. Returns the one of the two that is
   * in no use afterwards, if any.
   */
  adopt(source: Slot): Slot | undefined {
    const position = source.index % this.#slots.length
    const present = this.#slots[position]
    if (present?.index === source.index) {
      present.addAll(source, this.size.binsOf)
      present.pack()
      return source
    }
    source.pack()
    this.#slots[position] = source
    // After a merge the latest slot is one of this ring's own, and may be packed once more.
    return present === this.#latest ? undefined : present
  }

  merge(other: Ring, targets: readonly number[]): void {
    for (const source of other.#slots) {
      if (source) this.take(source.index * this.size.slotMs, source, targets)
    }
    this.#latest?.pack()
  }

  /** Adds the calls of another collector's slot, which began at `startMs`, unless it is out of the reach by now. */
  take(startMs: number, source: Slot, targets: readonly number[]): void {
    const index = Math.floor(startMs / this.size.slotMs)
    const present = this.#slots[index % this.#slots.length]
    // What stands in its place is younger.
    if (present && present.index > index) return
    this.add(startMs, source, targets)
  }

  #slotAt(index: number, seriesCount: number): Slot {
    const position = index % this.#slots.length
    const present = this.#slots[position]
    if (present?.index === index) return present
    const fresh = new Slot(index, seriesCount)
    this.#slots[position] = fresh
    return fresh
  }
}
