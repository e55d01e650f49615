import type { CallFilter, CallLabel } from '@plumbline/core/ledger'

import { rangeOf, type RangeName } from '../ranges.ts'
import { labelNames } from './labels.ts'

/** What the page shows; all of it stands in the URL, so that a link shows the same. */
export interface View {
  range: RangeName
  filter: CallFilter
  /** The label of the table. */
  by: CallLabel
  /** What is compared, and its two values; undefined: what the page finds fit. */
  compare: CallLabel | undefined
  a: string | undefined
  b: string | undefined
}

/** Reads a view from the query of a URL; what makes no sense is left at its default. */
export function viewOf(query: string): View {
  const read = new URLSearchParams(query)
  const label = (name: string): CallLabel | undefined => labelNames.find((known) => known === read.get(name))
  const filter: CallFilter = {}
  for (const name of labelNames) {
    const value = read.get(name)
    if (value) filter[name] = value
  }
  return {
    range: rangeOf(read.get('range') ?? '') ?? '1h',
    filter,
    by: label('by') ?? 'model',
    compare: label('compare'),
    a: read.get('a') ?? undefined,
    b: read.get('b') ?? undefined,
  }
}

/** The query of a view, without what is at its default. */
export function queryOf({ range, filter, by, compare, a, b }: View): string {
  const query = new URLSearchParams()
  if (range !== '1h') query.set('range', range)
  for (const name of labelNames) {
    const value = filter[name]
    if (value !== undefined) query.set(name, value)
  }
  if (by !== 'model') query.set('by', by)
  for (const [name, value] of Object.entries({ compare, a, b })) if (value) query.set(name, value)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** The query that the service is asked with: range and filters. */
export function askedQuery({ range, filter }: Pick<View, 'range' | 'filter'>): string {
  return new URLSearchParams({ range, ...filter }).toString()
}
