import type { JSX } from 'preact'

import type { LLMCallMetrics } from '@plumbline/core'
import { formatCount, formatDollars } from '@plumbline/report/page'

import type { Overview } from '../overview.ts'
import { formatLatency, formatTime } from './figures.ts'
import { askedQuery, type View } from './url-state.ts'

/** The newest calls, each with what it waited for. Prompts and answers are not in a record, so they are not here. */
export function RecentCalls({ overview, view }: { overview: Overview; view: View }): JSX.Element {
  const longestMs = Math.max(1, ...overview.calls.map(({ latencyMs }) => latencyMs))
  return (
    <section aria-labelledby="recent">
      <div class="heading">
        <h2 id="recent">Recent calls</h2>
        <ul class="legend">
          <li>
            <span class="mark waited" />
            to the first chunk
          </li>
          <li>
            <span class="mark received" />
            to the last byte
          </li>
        </ul>
        <a download href={`export/calls.csv?${askedQuery(view)}`}>
          All calls of the range as CSV
        </a>
      </div>
      <ul class="calls">
        {overview.calls.map((call) => (
          <li key={call.id}>
            <CallEntry call={call} longestMs={longestMs} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function CallEntry({ call, longestMs }: { call: LLMCallMetrics; longestMs: number }): JSX.Element {
  return (
    <details>
      <summary>
        <time>{formatTime(call.timestamp)}</time>
        <span class={`outcome ${call.outcome}`}>{outcomeOf(call)}</span>
        <span class="model">{call.model}</span>
        <span class="quiet tenant">{call.tenant}</span>
        <Timeline call={call} longestMs={longestMs} />
        <span class="figure">{formatLatency(call.latencyMs)}</span>
        <span class="figure">
          {call.cacheStatus === 'hit' ? 'cache hit' : formatDollars(call.costNanoUsd)}
        </span>
      </summary>
      <dl class="facts">
        {factsOf(call).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function Timeline({ call, longestMs }: { call: LLMCallMetrics; longestMs: number }): JSX.Element {
  const { latencyMs, timeToFirstChunkMs, attempts } = call
  const percent = (ms: number): string => `${((ms / longestMs) * 100).toFixed(2)}%`
  const waitedMs = timeToFirstChunkMs ?? latencyMs
  const spoken = [
    `${attempts} ${attempts === 1 ? 'request' : 'requests'} to the provider`,
    ...(timeToFirstChunkMs === undefined ? [] : [`first chunk after ${formatLatency(timeToFirstChunkMs)}`]),
    `done after ${formatLatency(latencyMs)}`,
  ].join(', ')
  return (
    <span class="timeline" role="img" aria-label={spoken} title={spoken}>
      <span class="waited" style={{ width: percent(waitedMs) }} />
      <span class="received" style={{ width: percent(Math.max(0, latencyMs - waitedMs)) }} />
      {attempts > 1 && <span class="tries">{attempts} tries</span>}
    </span>
  )
}

function outcomeOf({ outcome, success, error, blockedBy, cacheStatus }: LLMCallMetrics): string {
  if (outcome === 'blocked') return `blocked: ${blockedBy ?? 'unknown'}`
  if (outcome === 'error') return error?.code ?? 'error'
  if (success && cacheStatus === 'coalesced') return 'joined'
  return success ? 'ok' : outcome
}

function factsOf(call: LLMCallMetrics): [string, string][] {
  const optional = (name: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[name, value]]
  return [
    ['Record', call.id],
    ['Started', new Date(call.timestamp).toISOString()],
    ['Operation', `${call.operation}${call.stream ? ', streamed' : ''}`],
    ...optional('Build', call.build),
    ...optional('Endpoint', call.endpoint),
    ...optional('Prompt version', call.promptVersion),
    ...optional('Fallback model', call.fallbackModel),
    ['Outcome', call.outcome],
    ...optional('Error', call.error && `${call.error.name} (${call.error.code})`),
    ...optional('Blocked by', call.blockedBy),
    ['Cache', call.cacheStatus],
    ['Requests to the provider', formatCount(call.attempts)],
    ...optional(
      'First chunk',
      call.timeToFirstChunkMs === undefined ? undefined : formatLatency(call.timeToFirstChunkMs),
    ),
    ['Last byte', formatLatency(call.latencyMs)],
    [
      'Tokens',
      `${formatCount(call.inputTokens)} in (${formatCount(call.cachedInputTokens)} cached), ${formatCount(call.outputTokens)} out${call.usageEstimated ? ', estimated' : ''}`,
    ],
    ['Cost', `${formatDollars(call.costNanoUsd)}, saved ${formatDollars(call.savedNanoUsd)}`],
    ['Price', `${call.priceSource}, ${call.priceDate}`],
  ]
}
