import type { JSX } from 'preact'

import { rangeNames, ranges } from '../ranges.ts'
import type { Overview } from '../overview.ts'
import { labelNames, labelTexts } from './labels.ts'
import { askedQuery, type View } from './url-state.ts'

/** Range and filters. */
export function Controls(props: {
  overview: Overview | undefined
  view: View
  onChange: (changes: Partial<View>) => void
}): JSX.Element {
  const { overview, view, onChange } = props
  const isFiltered = Object.keys(view.filter).length > 0
  return (
    <form class="controls" aria-label="Range and filters" onSubmit={(event) => event.preventDefault()}>
      <div class="choice" role="group" aria-label="Range">
        {rangeNames.map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === view.range}
            onClick={() => onChange({ range: name })}
          >
            {ranges[name].label}
          </button>
        ))}
      </div>
      {labelNames.map((label) => (
        <label key={label}>
          {labelTexts[label]}
          <select
            value={view.filter[label] ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const { [label]: _, ...others } = view.filter
              onChange({ filter: value === '' ? others : { ...others, [label]: value } })
            }}
          >
            <option value="">all</option>
            {choicesOf(overview, view, label).map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
      ))}
      {isFiltered && (
        <button type="button" onClick={() => onChange({ filter: {} })}>
          Clear filters
        </button>
      )}
      <a download href={`export/series.csv?${askedQuery(view)}`}>
        Charts as CSV
      </a>
    </form>
  )
}

/** What is chosen is a choice, even where no call in the range has it. */
function choicesOf(overview: Overview | undefined, view: View, label: (typeof labelNames)[number]): string[] {
  const chosen = view.filter[label]
  const values = overview?.choices[label].values ?? []
  return chosen === undefined || values.includes(chosen) ? values : [chosen, ...values]
}
