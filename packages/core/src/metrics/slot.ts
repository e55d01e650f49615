import { BinCounts } from './bin-counts.ts'
import { FewCalls, fewCalls } from './few-calls.ts'
import type { LatencyLog } from './latency-log.ts'
import { PackedBins } from './packed-bins.ts'
import { countNames, sumNames, type Tally } from './tally.ts'
import type { BinsOf } from './windows.ts'

// Series arrive slowly after the first seconds, so rows grow in small steps: a doubling would waste half the memory.
const rowStep = 8

// A burst of calls in one slot is counted each time that this many have come, so that it takes no more memory.
const maxLoggedCalls = 16_384

const countsPerRow = countNames.length
const sumsPerRow = sumNames.length

/**
 * The calls of one stretch of time: a row of counts and sums per series, and latency bins of those series that have
 * percentiles. Rows are stretches of typed arrays, since an object per row would cost several times as much.
 */
export class Slot {
  #index: number
  #rows: number
  #counts: Uint32Array
  #sums: Float64Array
  // Latency bins are in up to three places: calls as they came, counts being added up, and the packed rest.
  #log: LatencyLog | undefined
  #binCounts: BinCounts | undefined
  #packed: PackedBins | FewCalls | undefined

  /**
   * `seriesCount` is how many series to make room for at once; more may come. A slot that gets single calls takes an empty
   * `log` for them, which `pack` gives back empty.
   */
  constructor(index: number, seriesCount: number, log?: LatencyLog) {
    this.#index = index
    this.#log = log
    this.#rows = Math.ceil(seriesCount / rowStep) * rowStep
    const { counts, sums } = allocateRows(this.#rows)
    this.#counts = counts
    this.#sums = sums
  }

  /** How many series there is room for. */
  get seriesCount(): number {
    return this.#rows
  }

  /** Which stretch of time, as a whole number of slot lengths since the epoch. */
  get index(): number {
    return this.#index
  }

  /** Empties the slot for another stretch of time, which takes its memory over: getting that anew costs more than the calls. */
  reopen(index: number, log: LatencyLog): this {
    this.#index = index
    this.#counts.fill(0)
    this.#sums.fill(0)
    this.#binCounts = undefined
    this.#packed = undefined
    this.#log = log
    return this
  }

  /** Adds one call to each of its series; `bin` is its latency's, or undefined when it has none. The slot must have a log. */
  addCall(seriesOfCall: readonly number[], tally: Tally, bin: number | undefined): void {
    for (let i = 0; i < seriesOfCall.length; i++) this.#addRow(seriesOfCall[i] ?? 0, tally, 0)
    if (bin === undefined || !this.#log) return
    this.#log.add(bin, seriesOfCall)
    if (this.#log.calls === maxLoggedCalls) this.#packLog()
  }

  /**
   * Adds all of `source`: its series `from` to series `targets[from]` here (left out: to the same series), and the latency
   * bins of those in `binsOf`.
   */
  addAll(source: Slot, binsOf: BinsOf, targets?: readonly number[]): void {
    source.#packLog()
    if (targets) this.#addRowsTo(targets, source)
    else this.#addSameRows(source)
    for (let from = 0; from < (binsOf === 'series 0' ? 1 : source.#rows); from++) {
      // The first count is of calls: without any, the row is empty.
      if (source.#counts[from * countsPerRow] === 0) continue
      const to = targets ? (targets[from] ?? 0) : from
      source.forEachBin(from, (bin, count) => this.#addBin(to, bin, count))
    }
  }

  /** The counts and sums of one series, as views on this slot; undefined when it has none. */
  tallyOf(series: number): Tally | undefined {
    if (series >= this.#rows) return undefined
    return {
      counts: this.#counts.subarray(series * countsPerRow, (series + 1) * countsPerRow),
      sums: this.#sums.subarray(series * sumsPerRow, (series + 1) * sumsPerRow),
    }
  }

  /** Calls `visit` for each latency bin of one series. */
  forEachBin(series: number, visit: (bin: number, count: number) => void): void {
    this.#packLog()
    this.#packed?.forEach(series, visit)
    this.#binCounts?.forEach(series, visit)
  }

  /** Packs the latency bins, once no more are expected soon. */
  pack(): void {
    this.#packLog()
    this.#log = undefined
    if (!this.#binCounts) return
    this.#packed = PackedBins.ofCounts(this.#binCounts)
    this.#binCounts = undefined
  }

  #packLog(): void {
    if (!this.#log || this.#log.calls === 0) return
    // Where there is something already, or more is on its way, counts are added up before they are packed.
    if (this.#packed || this.#binCounts || this.#log.calls === maxLoggedCalls) {
      this.#unpacked().addLog(this.#log)
    } else {
      this.#packed = this.#log.calls <= fewCalls ? new FewCalls(this.#log) : PackedBins.ofLog(this.#log)
    }
    this.#log.clear()
  }

  #addBin(series: number, bin: number, count: number): void {
    this.#unpacked().add(series, bin, count)
  }

  #unpacked(): BinCounts {
    if (!this.#binCounts) {
      this.#binCounts = new BinCounts()
      this.#packed?.unpackTo(this.#binCounts)
      this.#packed = undefined
    }
    return this.#binCounts
  }

  #addRowsTo(targets: readonly number[], source: Slot): void {
    const tally = { counts: source.#counts, sums: source.#sums }
    for (let from = 0; from < targets.length && from < source.#rows; from++) {
      if (source.#counts[from * countsPerRow] !== 0) this.#addRow(targets[from] ?? 0, tally, from)
    }
  }

  /** What a closing slot does for two rings: in one go it takes a third of the time. */
  #addSameRows(source: Slot): void {
    if (source.#rows > this.#rows) this.#growTo(source.#rows)
    const counts = this.#counts
    for (let i = 0; i < source.#counts.length; i++) counts[i] = (counts[i] ?? 0) + (source.#counts[i] ?? 0)
    const sums = this.#sums
    for (let i = 0; i < source.#sums.length; i++) sums[i] = (sums[i] ?? 0) + (source.#sums[i] ?? 0)
  }

  #addRow(series: number, tally: Tally, tallyRow: number): void {
    if (series >= this.#rows) this.#growTo(series + 1)
    const counts = this.#counts
    let to = series * countsPerRow
    let from = tallyRow * countsPerRow
    for (let i = 0; i < countsPerRow; i++) {
      counts[to] = (counts[to] ?? 0) + (tally.counts[from++] ?? 0)
      to++
    }
    const sums = this.#sums
    to = series * sumsPerRow
    from = tallyRow * sumsPerRow
    for (let i = 0; i < sumsPerRow; i++) {
      sums[to] = (sums[to] ?? 0) + (tally.sums[from++] ?? 0)
      to++
    }
  }

  #growTo(rows: number): void {
    this.#rows = Math.ceil(rows / rowStep) * rowStep
    const { counts, sums } = allocateRows(this.#rows)
    counts.set(this.#counts)
    sums.set(this.#sums)
    this.#counts = counts
    this.#sums = sums
  }
}

/** One allocation for both: each is one outside the heap, and dearer than filling it. */
function allocateRows(rows: number): { counts: Uint32Array; sums: Float64Array } {
  const sumsBytes = rows * sumsPerRow * Float64Array.BYTES_PER_ELEMENT
  const buffer = new ArrayBuffer(sumsBytes + rows * countsPerRow * Uint32Array.BYTES_PER_ELEMENT)
  return {
    sums: new Float64Array(buffer, 0, rows * sumsPerRow),
    counts: new Uint32Array(buffer, sumsBytes, rows * countsPerRow),
  }
}
