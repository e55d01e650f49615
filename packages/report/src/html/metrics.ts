import { captions } from '../captions.ts'
import { millionCells, percentileCells, percentileSources, recordingCells } from '../cells/metrics.ts'
import type { MetricsCost } from '../metrics.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What keeping metrics costs, and how right its percentiles are. */
export function metricsSection(metrics: MetricsCost | undefined): Markup {
  return metrics ? measured(metrics) : notMeasured('metrics')
}

function measured(metrics: MetricsCost): Markup {
  const timed = provenanceLabel('measured')
  return markup`<p>${captions.metrics(metrics)}</p>
${table(millionCells(metrics), { caption: markup`A million records in a process of their own. ${timed}`, rightFrom: 2 })}
${table(recordingCells(metrics), { caption: markup`Side by side. ${timed}`, rightFrom: 1 })}
${table(percentileCells(metrics), { caption: markup`${captions.percentiles} ${provenanceLabel('counted')}`, rightFrom: 1 })}
<ul>${percentileSources(metrics).map((source) => markup`<li>${source}</li>`)}</ul>`
}
