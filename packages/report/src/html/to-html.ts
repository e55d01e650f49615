import { conformanceMatrix } from '../conformance-matrix.ts'
import { toEvidence } from '../evidence.ts'
import { findSection, type Runs } from '../find-section.ts'
import type { ShowOptions } from '../markdown/to-markdown.ts'
import type { Report } from '../report.ts'
import { shownTraces, type ShownTrace } from '../shown-traces.ts'
import { entrantsOf } from '../trace-rows.ts'
import { headlineSection, traceSection } from './cache-impact.ts'
import { cacheSpeedSection } from './cache-speed.ts'
import { conformanceSection } from './conformance.ts'
import { decideSection } from './decide/section.ts'
import { faultsSection } from './faults.ts'
import { changeCostSection, footprintSection } from './footprint.ts'
import { gatewaySection } from './gateway.ts'
import { guardrailsSection } from './guardrails.ts'
import { latencySection } from './latency.ts'
import { markup, trusted, type Markup } from './markup.ts'
import { methodSection } from './method.ts'
import { metricsSection } from './metrics.ts'
import { overheadSection, speedSection, streamingSection } from './overhead.ts'
import { overview } from './overview.ts'
import { noisyNote, page, runNote } from './page.ts'
import { pageScript } from './page-script.ts'
import { curveSection, stampedeSection } from './saving.ts'
import { styleSheet } from './style-sheet.ts'

const pages = [
  ['overview', 'Overview'],
  ['decide', 'Decide'],
  ['conformance', 'Conformance'],
  ['cache-impact', 'Cache impact'],
  ['overhead', 'Overhead'],
  ['streaming', 'Streaming'],
  ['speed', 'Speed'],
  ['faults', 'Faults'],
  ['guardrails', 'Guardrails'],
  ['metrics', 'Metrics'],
  ['cache-speed', 'Cache speed'],
  ['footprint', 'Footprint'],
  ['change-cost', 'Change cost'],
  ['gateway', 'Gateway'],
  ['method', 'Method'],
] as const

type PageId = (typeof pages)[number][0]

/**
 * The report as one HTML file that needs nothing beside it and no network: a page for each benchmark, of which the address says the one that
 * is shown. Its script is for the Decide page alone; all else is there without it.
 */
export async function toHtml(report: Report, { recorded = [] }: ShowOptions = {}): Promise<string> {
  const runs: Runs = { report, recorded }
  const evidence = toEvidence(report, { recorded })
  const traces = shownTraces(report, recorded)
  const script = await pageScript(evidence)
  const overhead = findSection(runs, 'overhead')
  const streaming = findSection(runs, 'streaming')
  const faults = findSection(runs, 'faults')
  const guardrails = findSection(runs, 'guardrails')
  const metrics = findSection(runs, 'metrics')
  const cacheSpeed = findSection(runs, 'cacheSpeed')
  const footprint = findSection(runs, 'footprint')
  const changeCost = findSection(runs, 'changeCost')
  const gateway = findSection(runs, 'gateway')
  // Its rows are of the pages beside it, and from the same runs as theirs.
  const speedFrom: Report = {
    ...report,
    ...(overhead && { overhead: overhead.value }),
    ...(streaming && { streaming: streaming.value }),
    ...(footprint && { footprint: footprint.value }),
  }
  const measured: Partial<Record<PageId, boolean>> = {
    conformance: conformanceMatrix(report).length > 0,
    'cache-impact': traces.length > 0,
    overhead: overhead !== undefined,
    streaming: streaming !== undefined,
    speed: (overhead ?? streaming ?? footprint) !== undefined,
    faults: faults !== undefined,
    guardrails: guardrails !== undefined,
    metrics: metrics !== undefined,
    'cache-speed': cacheSpeed !== undefined,
    footprint: footprint !== undefined,
    'change-cost': changeCost !== undefined,
    gateway: gateway !== undefined,
  }
  const missing = pages.filter(([id]) => measured[id] === false)
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${trusted(script.source)}">
<title>Plumbline report, ${report.startedAt.slice(0, 10)}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<header>
<div class="bar"><h1 class="name"><a href="#overview">Plumbline report</a></h1>
<nav aria-label="Pages">${pages.filter((one) => !missing.includes(one)).map(([id, name]) => markup`<a href="#${id}">${name}</a>`)}</nav></div>
</header>
<main>
${page('overview', 'Framework or from scratch?', overview(report, evidence, traces))}
${decideSection(evidence)}
${page('conformance', 'Conformance', conformanceSection(report))}
${page('cache-impact', 'Cache impact', await cacheImpact(report, traces))}
${page('overhead', 'Overhead', [runNote(overhead), noisyNote(overhead?.run), await overheadSection(overhead?.value)])}
${page('streaming', 'Streaming', [runNote(streaming), noisyNote(streaming?.run), streamingSection(streaming?.value, guardrails?.value)])}
${page('speed', 'Speed', [runNote(overhead), runNote(streaming), runNote(footprint), noisyNote(overhead?.run, streaming?.run, footprint?.run), speedSection(speedFrom)])}
${page('faults', 'Faults', [runNote(faults), noisyNote(faults?.run), faultsSection(faults?.value)])}
${page('guardrails', 'Guardrails', [runNote(guardrails), noisyNote(guardrails?.run), guardrailsSection(guardrails?.value)])}
${page('metrics', 'Metrics', [runNote(metrics), noisyNote(metrics?.run), metricsSection(metrics?.value)])}
${page('cache-speed', 'Cache speed', [runNote(cacheSpeed), noisyNote(cacheSpeed?.run), cacheSpeedSection(cacheSpeed?.value)])}
${page('footprint', 'Footprint', [runNote(footprint), noisyNote(footprint?.run), footprintSection(footprint?.value)])}
${page('change-cost', 'Change cost', [runNote(changeCost), changeCostSection(changeCost?.value)])}
${page('gateway', 'Gateway', [runNote(gateway), noisyNote(gateway?.run), gatewaySection(gateway?.value)])}
${page('method', 'Method and environment', methodSection(report, traces, missing))}
</main>
${script.elements}
</body>
</html>
`.html
}

async function cacheImpact(report: Report, traces: readonly ShownTrace[]): Promise<Markup> {
  const entrants = [
    ...new Set([
      ...report.conformance.map(({ name }) => name),
      ...traces.flatMap(({ impact }) => entrantsOf(impact)),
    ]),
  ]
  const parts = [await headlineSection(traces, entrants)]
  for (const [index, trace] of traces.entries()) parts.push(await traceSection(trace, index))
  if (traces.length > 0) {
    const { curve, stampede } = report.cacheImpact ?? {}
    parts.push(await latencySection(traces), await curveSection(curve, entrants), stampedeSection(stampede))
  }
  return markup`${parts}`
}
