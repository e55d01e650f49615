import { csvHeader, csvLine, toCsvLine } from '@plumbline/core/export'
import { openLedgerReader, type CallPlace, type CallRange, type LedgerReader } from '@plumbline/core/ledger'

import type { LabelFigures, OverviewBucket } from './overview.ts'

const callsPerPage = 1_000

/**
 * The records of a range as CSV, a page at a time, read no faster than they are taken: between pages the ledger is not held, so that
 * whoever takes them slowly is in nobody's way. Throws `LedgerError` when it cannot be read.
 */
export function callsAsCsv(path: string, range: CallRange): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  // Before anything is sent, so that an error can still be an answer.
  let ready: CallPage | undefined = readPage(path, range)
  let heading = csvHeader
  let place: CallPlace | undefined
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { calls, next } = ready ?? readPage(path, range, place)
      ready = undefined
      controller.enqueue(encoder.encode(heading + calls.map((call) => toCsvLine(call)).join('')))
      heading = ''
      place = next
      if (next === undefined) controller.close()
    },
  })
}

type CallPage = ReturnType<LedgerReader['page']>

function readPage(path: string, range: CallRange, place?: CallPlace): CallPage {
  const reader = openLedgerReader(path)
  try {
    return reader.page(range, callsPerPage, place)
  } finally {
    reader.close()
  }
}

/** The figures of each value of a label as CSV. */
export function groupsAsCsv(label: string, groups: readonly LabelFigures[]): string {
  return linesOf(groups.map(({ value, ...figures }) => ({ [label]: value, ...figures })))
}

/** The buckets of a chart as CSV, their starts as ISO 8601. */
export function bucketsAsCsv(buckets: readonly OverviewBucket[]): string {
  return linesOf(
    buckets.map(({ startMs, figures }) => ({ start: new Date(startMs).toISOString(), ...figures })),
  )
}

function linesOf(rows: readonly Record<string, string | number | null>[]): string {
  const [first] = rows
  if (first === undefined) return ''
  return [csvLine(Object.keys(first)), ...rows.map((row) => csvLine(Object.values(row)))].join('')
}
