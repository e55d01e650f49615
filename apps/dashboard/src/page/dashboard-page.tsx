import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

import type { GatewayHealth } from '../gateway-health.ts'
import type { Overview } from '../overview.ts'
import type { RangeName } from '../ranges.ts'
import { Breakdown } from './breakdown.tsx'
import { Charts } from './charts.tsx'
import { Compare } from './compare.tsx'
import { Controls } from './controls.tsx'
import { Health } from './health.tsx'
import { EmptyNotice, ProblemNotice } from './notices.tsx'
import { RecentCalls } from './recent-calls.tsx'
import { Status } from './status.tsx'
import { Tiles } from './tiles.tsx'
import { askedQuery } from './url-state.ts'
import { useLive } from './use-live.ts'
import { useView } from './use-view.ts'

/** How often each range is asked for, in ms: what moves slowly is asked for less. */
const everyMs: Record<RangeName, number> = { '15m': 2_000, '1h': 2_000, '24h': 10_000, '7d': 30_000 }
const healthEveryMs = 10_000

/** The whole page. */
export function DashboardPage({ isDemo }: { isDemo: boolean }): JSX.Element {
  const [view, change] = useView()
  const [isPaused, setPaused] = useState(false)
  const {
    value: overview,
    heardMs,
    problem,
  } = useLive<Overview>(`api/overview?${askedQuery(view)}`, {
    everyMs: everyMs[view.range],
    isPaused,
  })
  const health = useLive<GatewayHealth & { canSignOut: boolean }>('api/health', {
    everyMs: healthEveryMs,
    isPaused,
  })
  const shared = { view, onChange: change }
  return (
    <>
      <header>
        <div class="bar">
          <h1>Plumbline {isDemo && <span class="tag stale">demo: modelled provider and traffic</span>}</h1>
          <Status
            heardMs={heardMs}
            problem={problem}
            isPaused={isPaused}
            onPause={setPaused}
            canSignOut={health.value?.canSignOut ?? false}
          />
        </div>
      </header>
      <main>
        <Controls overview={overview} {...shared} />
        {problem && <ProblemNotice problem={problem} hasFigures={overview !== undefined} />}
        {overview === undefined && problem === undefined && <p class="quiet">Reading the ledger.</p>}
        {overview?.total.totalCalls === 0 && <EmptyNotice overview={overview} {...shared} />}
        {overview !== undefined && overview.total.totalCalls > 0 && (
          <>
            <Tiles overview={overview} />
            <Charts overview={overview} />
            <Health health={health.value} />
            <Breakdown overview={overview} {...shared} />
            <Compare overview={overview} {...shared} />
            <RecentCalls overview={overview} view={view} />
          </>
        )}
        {overview?.total.totalCalls === 0 && <Health health={health.value} />}
      </main>
    </>
  )
}
