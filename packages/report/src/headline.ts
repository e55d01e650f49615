import type { CacheSetting } from './cache-impact.ts'
import { formatShareRange } from './figures.ts'
import { newestTraces } from './newest-traces.ts'
import type { Report } from './report.ts'
import { savedShare } from './trace-rows.ts'

/** What the caches save, over all traces: the lowest and the highest, never the best alone. */
export interface Headline {
  /** Share of the cost that is saved, in [0, 1]; negative where a cache cost more than it saved. */
  savedShare: { low: number; high: number }
  /** Share of the requests of a trace that the default policy may cache, in [0, 1]. */
  cacheableShare: { low: number; high: number }
  /** How many traces it is over. */
  traces: number
  /** Every figure that the range is over. */
  of: { trace: string; entrant: string; setting: CacheSetting; savedShare: number; cacheableShare: number }[]
}

/** The two builds that the range is over: what other entrants save is in their tables. */
const builds = ['scratch', 'langchain']

/**
 * The range of the cost saved by both builds over all traces of `reports`, with all the caches that a trace can use. A trace that is
 * in several reports counts in the first. Undefined when no report holds a trace that a build replayed.
 */
export function headline(reports: readonly Report[]): Headline | undefined {
  const of: Headline['of'] = []
  let traces = 0
  for (const { impact } of newestTraces(reports)) {
    const { name, embeds, cacheableShare } = impact.trace
    const setting = embeds ? 'exact + embeddings' : 'exact'
    const found = builds.flatMap((entrant) => {
      const saved = savedShare(impact, entrant, setting)
      return saved === undefined
        ? []
        : [{ trace: name, entrant, setting, savedShare: saved, cacheableShare } as const]
    })
    if (found.length > 0) traces += 1
    of.push(...found)
  }
  if (of.length === 0) return undefined
  return {
    savedShare: rangeOf(of.map((figure) => figure.savedShare)),
    cacheableShare: rangeOf(of.map((figure) => figure.cacheableShare)),
    traces,
    of,
  }
}

/** The headline as one sentence, for a README or the top of a report. */
export function headlineText({ savedShare: saved, cacheableShare, traces }: Headline): string {
  const over = traces === 1 ? 'on one trace' : `over ${traces} traces`
  const whose = traces === 1 ? 'its' : 'their'
  return (
    `The caches save ${formatShareRange(saved)} of the cost ${over}, in both builds. ` +
    `The default policy may cache ${formatShareRange(cacheableShare)} of ${whose} requests.`
  )
}

function rangeOf(values: readonly number[]): { low: number; high: number } {
  return { low: Math.min(...values), high: Math.max(...values) }
}
