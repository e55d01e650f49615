import type { JSX } from 'preact'

import { formatShare } from '@plumbline/report/page'

import type { GatewayHealth } from '../gateway-health.ts'
import { formatLatency } from './figures.ts'

const partTexts = {
  provider: 'Provider',
  breaker: 'Circuit breaker',
  store: 'Cache store',
  ledger: 'Ledger',
} as const
const partNames = Object.keys(partTexts) as (keyof typeof partTexts)[] // Its own keys.
const meaning: Record<string, string> = { pass: 'works', warn: 'degraded', fail: 'down' }

/** What the gateway says of its provider, breakers and stores. */
export function Health({ health }: { health: GatewayHealth | undefined }): JSX.Element {
  return (
    <section aria-labelledby="health">
      <h2 id="health">Health</h2>
      {health?.state === 'known' ? (
        <div class="health">
          {Object.entries(health.builds).map(([build, { parts, errorRate, p95LatencyMs }]) => (
            <div key={build}>
              <h3>{build}</h3>
              <ul>
                {partNames.map((name) => (
                  <li key={name}>
                    <span class={`state ${parts[name].status}`}>{meaning[parts[name].status]}</span>{' '}
                    {partTexts[name]}
                    {name === 'breaker' &&
                      ` ${parts.breaker.status === 'pass' ? 'closed' : 'open or probing'}`}
                    {parts[name].reason !== undefined && <span class="quiet"> ({parts[name].reason})</span>}
                  </li>
                ))}
              </ul>
              <p class="quiet">
                Last five minutes: {formatShare(errorRate)} failed, p95 {formatLatency(p95LatencyMs)}
              </p>
            </div>
          ))}
        </div>
      ) : (
        <p class="quiet">{health ? absence[health.state] : 'Asking the gateway.'}</p>
      )}
    </section>
  )
}

const absence = {
  none: 'This page reads a ledger file without a gateway. Provider, circuit breaker and stores are known where a gateway runs.',
  other:
    'What answers at the address of the gateway tells no health: it is told at the port of its metrics, 9464 unless it was set. The figures are what the ledger holds.',
  unreachable: 'The gateway does not answer. The figures are what its ledger holds.',
} as const
