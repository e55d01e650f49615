import type { BinCounts } from './bin-counts.ts'
import type { LatencyLog } from './latency-log.ts'

/** More than there are latency bins. */
export const binsPerSeries = 8192

/**
 * Counts per latency bin of many series in one byte array: for each series a sequence of (bin minus the bin before,
 * count), both as variable-length integers (LEB128). A bin with its count takes two or three bytes here and over twenty
 * in a Map, which is what lets an hour of percentiles per label value fit into memory.
 */
export class PackedBins {
  readonly #bytes: Uint8Array
  /** Where each series begins; one more than there are series. */
  readonly #starts: Uint32Array

  private constructor(writers: readonly (SeriesWriter | undefined)[]) {
    this.#starts = new Uint32Array(writers.length + 1)
    let length = 0
    for (let series = 0; series < writers.length; series++) {
      length += writers[series]?.finish().length ?? 0
      this.#starts[series + 1] = length
    }
    this.#bytes = new Uint8Array(length)
    for (let series = 0; series < writers.length; series++) {
      const bytes = writers[series]?.bytes
      if (bytes) this.#bytes.set(bytes, this.#starts[series])
    }
  }

  /** Packs counts. */
  static ofCounts(counts: BinCounts): PackedBins {
    const writers: (SeriesWriter | undefined)[] = []
    for (let series = 0; series < counts.seriesCount; series++) {
      counts.forEach(series, (bin, count) => writerAt(writers, series).add(bin, count))
    }
    return new PackedBins(writers)
  }

  /** Packs logged latencies. One sort serves all series, which is what makes recording a call cheap. */
  static ofLog(log: LatencyLog): PackedBins {
    const { calls, bins, series, seriesPerCall } = log
    const byBin = new Uint32Array(calls)
    for (let call = 0; call < calls; call++) byBin[call] = (bins[call] ?? 0) * 65_536 + call
    byBin.sort()
    const writers: (SeriesWriter | undefined)[] = []
    for (const code of byBin) {
      const call = code % 65_536
      const bin = (code - call) / 65_536
      for (let i = call * seriesPerCall; i < (call + 1) * seriesPerCall; i++) {
        writerAt(writers, series[i] ?? 0).add(bin, 1)
      }
    }
    return new PackedBins(writers)
  }

  /** Calls `visit` for each bin of one series, ascending; a series that was not packed has none. */
  forEach(series: number, visit: (bin: number, count: number) => void): void {
    const end = this.#starts[series + 1] ?? 0
    let bin = 0
    for (let at = this.#starts[series] ?? 0; at < end;) {
      const delta = readInteger(this.#bytes, at)
      const count = readInteger(this.#bytes, delta.next)
      bin += delta.value
      at = count.next
      visit(bin, count.value)
    }
  }

  /** Adds everything that was packed to `counts`. */
  unpackTo(counts: BinCounts): void {
    for (let series = 0; series < this.#starts.length - 1; series++) {
      this.forEach(series, (bin, count) => counts.add(series, bin, count))
    }
  }
}

/** Writes the bins of one series, which must come in ascending order; equal ones are added up. */
class SeriesWriter {
  readonly bytes: number[] = []
  #writtenBin = 0
  #bin = 0
  #count = 0

  add(bin: number, count: number): void {
    if (bin !== this.#bin) this.#write()
    this.#bin = bin
    this.#count += count
  }

  finish(): number[] {
    this.#write()
    return this.bytes
  }

  #write(): void {
    if (this.#count === 0) return
    writeInteger(this.bytes, this.#bin - this.#writtenBin)
    writeInteger(this.bytes, this.#count)
    this.#writtenBin = this.#bin
    this.#count = 0
  }
}

function writerAt(writers: (SeriesWriter | undefined)[], series: number): SeriesWriter {
  // Grown without holes: an array with holes is read several times slower.
  while (writers.length <= series) writers.push(undefined)
  return (writers[series] ??= new SeriesWriter())
}

function writeInteger(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function readInteger(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0
  let scale = 1
  for (let at = from; ; at++) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, next: at + 1 }
    scale *= 128
  }
}
