import { captions } from '../captions.ts'
import { latencyCells, latencyModelCells } from '../cells/latency.ts'
import { shownLatencyModels, type ShownTrace } from '../shown-traces.ts'
import { latencyChart, latencyLegend } from './charts/latency.ts'
import { figure } from './charts/render-chart.ts'
import { markup, type Markup } from './markup.ts'
import { noisyNote, notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** The parameters of the modelled provider, and what callers waited at every scale. */
export async function latencySection(traces: readonly ShownTrace[]): Promise<Markup> {
  const models = shownLatencyModels(traces)
  const charts: Markup[] = []
  for (const [index, { impact }] of traces.entries()) {
    if (impact.latency.length > 0) charts.push(await traceLatency({ impact }, index))
  }
  return markup`<section id="latency">
<h3>Latency model</h3>
${
  models.length === 0
    ? notMeasured('cache-impact')
    : markup`<p>${captions.latency}</p>
${noisyNote(...traces.map(({ run }) => run))}
${table(latencyModelCells(models), { caption: markup`The simulated models. ${provenanceLabel('modelled')} A log-normal spread is the standard deviation of the logarithm, fixed for each request.` })}
${charts}`
}
</section>`
}

async function traceLatency({ impact }: Pick<ShownTrace, 'impact'>, index: number): Promise<Markup> {
  const { name } = impact.trace
  return markup`<h4>${name}</h4>
${await figure((room) => latencyChart(impact, room), {
  id: `chart-latency-${index + 1}`,
  label: `Chart: p50 and p95 latency on ${name}, by entrant, before and after its caches, with the provider's times multiplied by each scale`,
  caption:
    "p50 and p95 before and after, the provider's times multiplied by 0.5, 1 and 2. Modelled, in real time.",
  legend: latencyLegend,
})}
<details><summary>The figures</summary>
${table(latencyCells(impact), { caption: markup`What callers waited on ${name}. ${provenanceLabel('modelled')}`, rightFrom: 3 })}
</details>`
}
