import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

import type { CallLabel } from '@plumbline/core/ledger'
import { formatCount, formatDollars, formatShare, nothing } from '@plumbline/report/page'

import type { LabelFigures, Overview } from '../overview.ts'
import { formatLatency } from './figures.ts'
import { labelNames, labelTexts } from './labels.ts'
import type { View } from './url-state.ts'

const rows: [
  name: string,
  of: (figures: LabelFigures) => number | null,
  format: (value: number) => string,
][] = [
  ['Requests', ({ totalCalls }) => totalCalls, formatCount],
  [
    'Error rate',
    ({ succeeded, failed, errorRate }) => (succeeded + failed > 0 ? errorRate : null),
    formatShare,
  ],
  ['Latency p50', ({ p50LatencyMs }) => p50LatencyMs, formatLatency],
  ['Latency p95', ({ p95LatencyMs }) => p95LatencyMs, formatLatency],
  ['Latency p99', ({ p99LatencyMs }) => p99LatencyMs, formatLatency],
  ['First chunk p50', ({ p50FirstChunkMs }) => p50FirstChunkMs, formatLatency],
  ['First chunk p95', ({ p95FirstChunkMs }) => p95FirstChunkMs, formatLatency],
  ['Cost per request', ({ costNanoUsd, totalCalls }) => costNanoUsd / totalCalls, formatDollars],
  ['Tokens per request', (one) => (one.inputTokens + one.outputTokens) / one.totalCalls, formatCount],
  ['Hit rate', ({ cacheLookups, hitRate }) => (cacheLookups > 0 ? hitRate : null), formatShare],
  ['Blocked', ({ blocked, totalCalls }) => blocked / totalCalls, formatShare],
  [
    'Provider requests per call',
    ({ attempts, providerCalls }) => (providerCalls > 0 ? attempts / providerCalls : null),
    (value) => value.toFixed(2),
  ],
]

/** Two values of one label side by side: the builds where there are two, else whatever has two. */
export function Compare(props: {
  overview: Overview
  view: View
  onChange: (changes: Partial<View>) => void
}): JSX.Element {
  const { overview, view, onChange } = props
  const label = view.compare ?? defaultLabel(overview)
  const groups = overview.groups[label]
  const a = groups.find(({ value }) => value === view.a) ?? groups[0]
  const b =
    groups.find(({ value }) => value === view.b && value !== a?.value) ?? groups.find((group) => group !== a)
  return (
    <section aria-labelledby="compare">
      <div class="heading">
        <h2 id="compare">A against B</h2>
        <Choice
          name="Compare by"
          value={label}
          values={labelNames.map((name) => [name, labelTexts[name]])}
          onChoose={(value) => onChange({ compare: value as CallLabel, a: undefined, b: undefined })} // One of labelNames.
        />
        {a && b && (
          <>
            <Choice
              name="A"
              value={a.value}
              values={pairs(groups)}
              onChoose={(value) => onChange({ compare: label, a: value, b: b.value })}
            />
            <Choice
              name="B"
              value={b.value}
              values={pairs(groups)}
              onChoose={(value) => onChange({ compare: label, a: a.value, b: value })}
            />
          </>
        )}
      </div>
      {a && b ? (
        <div class="scroll" role="group" aria-label="Table, scrolls sideways" tabindex={0}>
          <table class="compared">
            <thead>
              <tr>
                <th scope="col">{labelTexts[label]}</th>
                <th scope="col" class="figure">
                  A: {a.value}
                </th>
                <th scope="col" class="figure">
                  B: {b.value}
                </th>
                <th scope="col" class="figure">
                  B / A
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, of, format]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="figure">{formatOr(of(a), format)}</td>
                  <td class="figure">{formatOr(of(b), format)}</td>
                  <td class="figure">{ratioOf(of(a), of(b))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="quiet">
          The calls shown have one {labelTexts[label].toLowerCase()}. There is nothing to hold it against.
        </p>
      )}
    </section>
  )
}

function Choice(props: {
  name: string
  value: string
  values: readonly (readonly [value: string, text: string])[]
  onChoose: (value: string) => void
}): JSX.Element {
  const id = useId()
  return (
    <span class="field">
      <label for={id}>{props.name}</label>
      <select
        id={id}
        value={props.value}
        onChange={({ currentTarget }) => props.onChoose(currentTarget.value)}
      >
        {props.values.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </span>
  )
}

function pairs(groups: readonly LabelFigures[]): [string, string][] {
  return groups.map(({ value }) => [value, value])
}

function defaultLabel({ groups }: Overview): CallLabel {
  const order: CallLabel[] = ['build', 'promptVersion', 'model', 'endpoint', 'tenant']
  return order.find((label) => groups[label].length > 1) ?? 'build'
}

function formatOr(value: number | null, format: (value: number) => string): string {
  return value === null ? nothing : format(value)
}

function ratioOf(a: number | null, b: number | null): string {
  return a === null || b === null || a === 0 ? nothing : `${(b / a).toFixed(2)} x`
}
