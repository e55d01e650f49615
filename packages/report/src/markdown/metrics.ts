import { captions } from '../captions.ts'
import { millionCells, percentileCells, percentileSources, recordingCells } from '../cells/metrics.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** What keeping metrics costs, and how right its percentiles are. */
export function metricsSection({ metrics }: Report): string[] {
  if (!metrics) return ['## Metrics', notMeasured('metrics')]
  return [
    '## Metrics',
    captions.metrics(metrics),
    markdownTable(millionCells(metrics), { rightFrom: 2 }),
    markdownTable(recordingCells(metrics)),
    '### Percentiles',
    captions.percentiles,
    markdownTable(percentileCells(metrics), { rightFrom: 1 }),
    ...percentileSources(metrics).map(escapeText),
  ]
}
