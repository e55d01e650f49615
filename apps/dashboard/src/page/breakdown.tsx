import type { JSX } from 'preact'

import type { CallLabel } from '@plumbline/core/ledger'
import { formatCount, formatDollars, formatShare, nothing } from '@plumbline/report/page'

import type { LabelFigures, Overview } from '../overview.ts'
import { formatLatency } from './figures.ts'
import { labelNames, labelTexts } from './labels.ts'
import { askedQuery, type View } from './url-state.ts'

const columns: [heading: string, cell: (figures: LabelFigures) => string][] = [
  ['Requests', ({ totalCalls }) => formatCount(totalCalls)],
  [
    'Errors',
    ({ succeeded, failed, errorRate }) => (succeeded + failed > 0 ? formatShare(errorRate) : nothing),
  ],
  ['p50', ({ p50LatencyMs }) => formatLatency(p50LatencyMs)],
  ['p95', ({ p95LatencyMs }) => formatLatency(p95LatencyMs)],
  ['p99', ({ p99LatencyMs }) => formatLatency(p99LatencyMs)],
  ['First chunk', ({ p50FirstChunkMs }) => formatLatency(p50FirstChunkMs)],
  ['Tokens in', ({ inputTokens }) => formatCount(inputTokens)],
  ['Tokens out', ({ outputTokens }) => formatCount(outputTokens)],
  ['Cost', ({ costNanoUsd }) => formatDollars(costNanoUsd)],
  ['Saved', ({ savedNanoUsd }) => formatDollars(savedNanoUsd)],
  ['Hit rate', ({ cacheLookups, hitRate }) => (cacheLookups > 0 ? formatShare(hitRate) : nothing)],
  ['Blocked', ({ blocked }) => formatCount(blocked)],
]

/** The figures by one label; a value that is chosen narrows the whole page to it. */
export function Breakdown(props: {
  overview: Overview
  view: View
  onChange: (changes: Partial<View>) => void
}): JSX.Element {
  const { overview, view, onChange } = props
  const groups = overview.groups[view.by]
  const isNarrowed = view.filter[view.by] !== undefined
  const left = isNarrowed ? 0 : overview.choices[view.by].count - groups.length
  return (
    <section aria-labelledby="breakdown">
      <div class="heading">
        <h2 id="breakdown">By {labelTexts[view.by].toLowerCase()}</h2>
        <div class="choice" role="group" aria-label="What the table is by">
          {labelNames.map((label: CallLabel) => (
            <button key={label} aria-pressed={label === view.by} onClick={() => onChange({ by: label })}>
              {labelTexts[label]}
            </button>
          ))}
        </div>
        <a download href={`export/table.csv?${askedQuery(view)}&by=${view.by}`}>
          Table as CSV
        </a>
      </div>
      <div class="scroll" role="group" aria-label="Table, scrolls sideways" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{labelTexts[view.by]}</th>
              {columns.map(([heading]) => (
                <th key={heading} scope="col" class="figure">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.value}>
                <th scope="row">
                  <button
                    class="link"
                    disabled={isNarrowed}
                    title={`Only ${group.value}`}
                    onClick={() => onChange({ filter: { ...view.filter, [view.by]: group.value } })}
                  >
                    {group.value}
                  </button>
                </th>
                {columns.map(([heading, cell]) => (
                  <td key={heading} class="figure">
                    {cell(group)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && <p class="quiet">{left} more, each with a lower cost.</p>}
    </section>
  )
}
