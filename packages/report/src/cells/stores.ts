import type { TraceImpact } from '../cache-impact.ts'
import { formatCount, formatDollars, formatShare } from '../figures.ts'
import { costPerThousand } from '../trace-rows.ts'

/** A trace with the answers of the builds in each store, the heading first. The first three columns are text. */
export function storeCells({ trace, stores = [] }: TraceImpact): string[][] {
  return [
    ['entrant', 'store', 'start', '$ per 1,000', 'hit rate', 'calls', 'tokens in', 'tokens out'],
    ...stores.map((row) => [
      row.entrant,
      row.store,
      row.start,
      formatDollars(costPerThousand(row, trace)),
      formatShare(row.hitRate),
      formatCount(row.chatCalls),
      formatCount(row.inputTokens),
      formatCount(row.outputTokens),
    ]),
  ]
}
