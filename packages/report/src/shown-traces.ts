import type { CacheImpact } from './cache-impact.ts'
import { shortHash } from './figures.ts'
import { newestTraces, type RunTrace } from './newest-traces.ts'
import type { Report } from './report.ts'

/** A trace that a report shows, with the run that it was replayed in. */
export interface ShownTrace extends RunTrace {
  /** Whether it is of an earlier run. */
  recorded: boolean
  /** Whether it was measured from other sources than the report that shows it. */
  stale: boolean
}

/** The traces of `report`, then those of the `recorded` runs, newest first. A trace is shown once, from its newest run. */
export function shownTraces(report: Report, recorded: readonly Report[] = []): ShownTrace[] {
  const newestFirst = recorded.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))
  return newestTraces([report, ...newestFirst]).map((trace) => ({
    ...trace,
    recorded: trace.run !== report,
    stale: trace.run.environment.inputsHash !== report.environment.inputsHash,
  }))
}

/** Which run a trace is of: `this run`, or the day and commit of an earlier one, and whether that is stale. */
export function describeRun({
  run,
  recorded,
  stale,
}: Pick<ShownTrace, 'run' | 'recorded' | 'stale'>): string {
  if (!recorded) return 'this run'
  const { commit, dirty } = run.environment
  const from = `recorded ${run.startedAt.slice(0, 10)} on commit ${shortHash(commit)}${dirty ? ' with local changes' : ''}`
  return stale ? `${from}, stale: what it was measured from has changed since` : from
}

/** The times that providers were simulated with, each once, with the run that it is of. */
export function shownLatencyModels(
  traces: readonly ShownTrace[],
): { model: CacheImpact['latencyModels'][number]; of: ShownTrace }[] {
  const byValue = new Map<string, { model: CacheImpact['latencyModels'][number]; of: ShownTrace }>()
  for (const of of traces) {
    for (const model of of.cacheImpact.latencyModels) {
      const key = JSON.stringify([
        model.model,
        model.timeToFirstTokenMs,
        model.outputTokensPerSecond,
        model.spread,
      ])
      if (!byValue.has(key)) byValue.set(key, { model, of })
    }
  }
  return [...byValue.values()]
}
