import type { CacheImpact, TraceImpact } from './cache-impact.ts'
import type { Report } from './report.ts'

/** A trace, and the run that it was replayed in. */
export interface RunTrace {
  impact: TraceImpact
  cacheImpact: CacheImpact
  run: Report
}

/**
 * The traces of some runs, newest first. One of the same name as one of a newer run is the same, longer or shorter, and left out: a quick
 * run's built-in workload takes the place of a recorded one. `has`: what it needs to count.
 */
export function newestTraces(
  newestFirst: readonly Report[],
  has: (impact: TraceImpact) => boolean = () => true,
): RunTrace[] {
  const ofNewer = new Set<string>()
  return newestFirst.flatMap((run) => {
    const { cacheImpact } = run
    if (cacheImpact === undefined) return []
    const fresh = cacheImpact.traces.filter((impact) => has(impact) && !ofNewer.has(impact.trace.name))
    for (const { trace } of fresh) ofNewer.add(trace.name)
    return fresh.map((impact) => ({ impact, cacheImpact, run }))
  })
}
