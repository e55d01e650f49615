import type { LatencyModel, TraceImpact } from '../cache-impact.ts'
import { formatCount, formatMs, formatScale, nothing } from '../figures.ts'
import { describeRun, type ShownTrace } from '../shown-traces.ts'
import { entrantsOf, scalesOf } from '../trace-rows.ts'

/** The parameters of the simulated models, the heading first. */
export function latencyModelCells(models: readonly { model: LatencyModel; of: ShownTrace }[]): string[][] {
  return [
    ['model', 'median time to first token', 'output tokens per second', 'log-normal spread', 'of'],
    ...models.map(({ model, of }) => [
      model.model,
      formatMs(model.timeToFirstTokenMs),
      model.outputTokensPerSecond === 0 ? nothing : formatCount(model.outputTokensPerSecond),
      model.spread.toFixed(2),
      describeRun(of),
    ]),
  ]
}

/** What callers waited at every scale, the heading first: by scale, then entrant and setting. */
export function latencyCells(impact: TraceImpact): string[][] {
  return [
    ['scale', 'entrant', 'caches', 'requests', 'mean', 'p50', 'p95', 'p99'],
    ...scalesOf(impact).flatMap((scale) =>
      entrantsOf(impact).flatMap((entrant) =>
        impact.latency
          .filter((row) => row.scale === scale && row.entrant === entrant)
          .map((row) => [
            formatScale(scale),
            entrant,
            row.setting,
            formatCount(row.requests),
            formatMs(row.meanMs),
            formatMs(row.p50Ms),
            formatMs(row.p95Ms),
            formatMs(row.p99Ms),
          ]),
      ),
    ),
  ]
}
