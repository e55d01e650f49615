import type { JSX } from 'preact'

import type { Overview } from '../overview.ts'
import { ranges, rangeNames } from '../ranges.ts'
import { formatAge } from './figures.ts'
import type { View } from './url-state.ts'
import type { LiveProblem } from './use-live.ts'

/** What is wrong, and what it means for the figures below it. */
export function ProblemNotice({
  problem,
  hasFigures,
}: {
  problem: LiveProblem
  hasFigures: boolean
}): JSX.Element {
  return (
    <p class="warning" role="alert">
      {problem.message}{' '}
      {problem.kind === 'signed-out' ? (
        <a href="sign-in">Sign in again</a>
      ) : hasFigures ? (
        'The figures are the last ones that were heard.'
      ) : (
        'It is asked again by itself.'
      )}
    </p>
  )
}

/** Nothing happened in the range: says when something did, and how to get there. */
export function EmptyNotice(props: {
  overview: Overview
  view: View
  onChange: (changes: Partial<View>) => void
}): JSX.Element {
  const { overview, view, onChange } = props
  const ageMs = overview.lastCallMs === null ? undefined : Date.now() - overview.lastCallMs
  const wider = rangeNames.find((name) => ageMs !== undefined && ageMs < ranges[name].ms)
  const isFiltered = Object.keys(view.filter).length > 0
  return (
    <div class="empty">
      <h2>No calls in the last {ranges[view.range].label}</h2>
      {isFiltered && (
        <p>
          None that passes the filters.{' '}
          <button onClick={() => onChange({ filter: {} })}>Clear filters</button>
        </p>
      )}
      {ageMs === undefined ? (
        <p>The ledger is empty. Its first call shows up here by itself.</p>
      ) : (
        <p>
          The last call was {formatAge(ageMs)} ago.{' '}
          {wider !== undefined && wider !== view.range && (
            <button onClick={() => onChange({ range: wider })}>Show {ranges[wider].label}</button>
          )}
        </p>
      )}
    </div>
  )
}
