import { captions, describeSetup, describeTrace } from '../captions.ts'
import { beforeAfterCells } from '../cells/before-after.ts'
import { latencyCells, latencyModelCells } from '../cells/latency.ts'
import { matchingCells } from '../cells/matching.ts'
import { savingCurveCells } from '../cells/saving-curve.ts'
import { stampedeCells } from '../cells/stampede.ts'
import { storeCells } from '../cells/stores.ts'
import { headline, headlineText } from '../headline.ts'
import type { Report } from '../report.ts'
import { describeRun, shownLatencyModels, shownTraces, type ShownTrace } from '../shown-traces.ts'
import { entrantsOf } from '../trace-rows.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** The cache-impact sections, from the headline to the stampede. */
export function cacheImpactSections(report: Report, recorded: readonly Report[]): string[] {
  const traces = shownTraces(report, recorded)
  const { cacheImpact } = report
  if (traces.length === 0 && !cacheImpact) return ['## Cache impact', notMeasured('cache-impact')]
  return [
    '## Cache impact',
    headlineParagraph(traces),
    ...(traces.length > 0 ? [captions.settings] : []),
    ...traces.flatMap(traceSection),
    ...latencySections(traces),
    '### Saved cost by repeat rate',
    ...(cacheImpact?.curve?.length
      ? [captions.curve, markdownTable(savingCurveCells(cacheImpact.curve), { rightFrom: 0 })]
      : [notMeasured('cache-impact')]),
    ...(cacheImpact?.matching?.length
      ? [
          '### Matching on labelled pairs',
          'Counted: pairs of texts that people have judged. A hit on a pair that does not ask the same is a wrong answer.',
          markdownTable(matchingCells(cacheImpact.matching), { rightFrom: 2 }),
        ]
      : []),
    '### Stampede',
    ...(cacheImpact?.stampede.length
      ? [captions.stampede, markdownTable(stampedeCells(cacheImpact.stampede), { rightFrom: 1 })]
      : [notMeasured('cache-impact')]),
  ]
}

function headlineParagraph(traces: readonly ShownTrace[]): string {
  const found = headline(traces.map(({ run }) => run))
  if (!found) return 'No headline: it takes a trace that both builds replayed.'
  const stale = traces.filter((trace) => trace.stale).length
  return `**${headlineText(found)}**${stale > 0 ? ` ${stale} of the traces ${stale === 1 ? 'is' : 'are'} stale.` : ''}`
}

function traceSection(shown: ShownTrace): string[] {
  const { impact, cacheImpact } = shown
  return [
    `### ${escapeText(impact.trace.name)}`,
    escapeText(
      `${describeTrace(impact.trace)} ${describeSetup(cacheImpact, impact.trace)} Source: ${describeRun(shown)}.`,
    ),
    ...entrantsOf(impact).flatMap((entrant) => {
      const version = impact.settings.find((row) => row.entrant === entrant)?.version ?? ''
      return [
        `**${escapeText(`${entrant} ${version}`)}**`,
        markdownTable(beforeAfterCells(impact, entrant), { rightFrom: 1 }),
      ]
    }),
    ...(impact.stores?.length
      ? [
          '**Stores** (counted, priced): whole answers alone. Warm: the same trace again, over what the first replay has stored.',
          markdownTable(storeCells(impact), { rightFrom: 3 }),
        ]
      : []),
  ]
}

function latencySections(traces: readonly ShownTrace[]): string[] {
  const models = shownLatencyModels(traces)
  if (models.length === 0) return ['### Latency model', notMeasured('cache-impact')]
  return [
    '### Latency model',
    captions.latency,
    markdownTable(latencyModelCells(models)),
    ...traces.flatMap(({ impact }) =>
      impact.latency.length > 0
        ? [
            `**${escapeText(impact.trace.name)}** (modelled, real time)`,
            markdownTable(latencyCells(impact), { rightFrom: 3 }),
          ]
        : [],
    ),
  ]
}
