import type { JSX } from 'preact'

import { formatCount, formatDollars, formatShare, nothing } from '@plumbline/report/page'

import type { Overview } from '../overview.ts'
import { formatLatency } from './figures.ts'

/** The figures of the whole range. */
export function Tiles({ overview }: { overview: Overview }): JSX.Element {
  const { total } = overview
  const retries = total.attempts - total.providerCalls
  const judged = total.succeeded + total.failed
  const tiles: [id: string, name: string, value: string, beside: string][] = [
    [
      'requests',
      'Requests',
      formatCount(total.totalCalls),
      `${formatCount(total.providerCalls)} reached the provider`,
    ],
    [
      'error-rate',
      'Error rate',
      judged > 0 ? formatShare(total.errorRate) : nothing,
      `${formatCount(total.failed)} failed`,
    ],
    [
      'p95',
      'Latency p95',
      formatLatency(total.p95LatencyMs),
      `p50 ${formatLatency(total.p50LatencyMs)}, p99 ${formatLatency(total.p99LatencyMs)}`,
    ],
    [
      'first-chunk',
      'First chunk p50',
      formatLatency(total.p50FirstChunkMs),
      `p95 ${formatLatency(total.p95FirstChunkMs)}`,
    ],
    ['retries', 'Retries', formatCount(retries), `${formatCount(total.attempts)} requests to the provider`],
    [
      'tokens',
      'Tokens',
      formatCount(total.inputTokens + total.outputTokens),
      `${formatCount(total.inputTokens)} in, ${formatCount(total.outputTokens)} out`,
    ],
    ['cost', 'Cost', formatDollars(total.costNanoUsd), 'billed by the provider'],
    [
      'saved',
      'Saved by cache',
      formatDollars(total.savedNanoUsd),
      `${formatCount(total.savedTokens)} tokens`,
    ],
    [
      'hit-rate',
      'Hit rate',
      total.cacheLookups > 0 ? formatShare(total.hitRate) : nothing,
      `${formatCount(total.hits)} hits, ${formatCount(total.coalesced)} joined another call`,
    ],
    ['blocked', 'Blocked', formatCount(total.blocked), 'by guardrails'],
  ]
  return (
    <dl class="tiles">
      {tiles.map(([id, name, value, beside]) => (
        <div key={id} id={`tile-${id}`}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong>
            <span class="quiet">{beside}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
