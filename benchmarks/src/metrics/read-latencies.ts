import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { linesOf, type Line } from '../traces/lines.ts'
import { TraceError } from '../traces/trace-error.ts'
import type { Distribution } from './distributions.ts'

/** The column that `toCsv` of `@plumbline/core/export` writes. */
const defaultColumn = 'latency_ms'

/**
 * Latencies in ms from a file, gzipped or not: one number a line, or the column `latency_ms` (or another) of a CSV file with a heading and
 * without quoted commas. Throws `TraceError` for a line without a number of at least 0, or a heading without the column.
 */
export function readLatencies(path: string, column: string = defaultColumn): Distribution {
  const bytes = readFileSync(path)
  const lines = linesOf((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  const [first] = lines
  if (first === undefined) throw new TraceError(path, 1, 'a number in ms', undefined)
  const bare = Number.isFinite(Number(first.text))
  const place = bare ? 0 : headingPlace(path, first, column)
  const latenciesMs = lines
    .slice(bare ? 0 : 1)
    .map((line) => latencyOf(path, line, line.text.split(',')[place]))
  if (latenciesMs.length === 0) throw new TraceError(path, 2, 'a number in ms', undefined)
  return { name: basename(path), what: bare ? 'from a file' : `from a file, column ${column}`, latenciesMs }
}

function headingPlace(path: string, { number, text }: Line, column: string): number {
  const place = text.split(',').findIndex((name) => name.trim() === column)
  if (place === -1) throw new TraceError(path, number, `a number in ms, or a heading with ${column}`, text)
  return place
}

function latencyOf(path: string, line: Line, field: string | undefined): number {
  const latencyMs = field?.trim() ? Number(field) : Number.NaN
  if (!(latencyMs >= 0 && latencyMs < Infinity))
    throw new TraceError(path, line.number, 'a number in ms of at least 0', field)
  return latencyMs
}
