import { csvHeader, csvLine, toCsvLine } from '@plumbline/core/export'
import { openLedgerReader, type CallPlace, type CallRange } from '@plumbline/core/ledger'

import type { LabelFigures, OverviewBucket } from './overview.ts'

const callsPerPage = 1_000

/** The records of a range as CSV, a page at a time, read no faster than they are taken. */
export function callsAsCsv(path: string, range: CallRange): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const reader = openLedgerReader(path)
  let place: CallPlace | undefined
  let isFirst = true
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { calls, next } = reader.page(range, callsPerPage, place)
      controller.enqueue(
        encoder.encode((isFirst ? csvHeader : '') + calls.map((call) => toCsvLine(call)).join('')),
      )
      isFirst = false
      place = next
      if (next === undefined) {
        reader.close()
        controller.close()
      }
    },
    cancel: () => reader.close(),
  })
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
