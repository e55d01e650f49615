import type { StampedeRow } from '../cache-impact.ts'
import { formatCount } from '../figures.ts'

/** How often the provider was asked for requests that were all the same, the heading first. */
export function stampedeCells(rows: readonly StampedeRow[]): string[][] {
  return [
    ['entrant', 'identical requests at once', 'provider calls'],
    ...rows.map(({ entrant, version, identicalRequests, chatCalls }) => [
      `${entrant} ${version}`,
      formatCount(identicalRequests),
      formatCount(chatCalls),
    ]),
  ]
}
