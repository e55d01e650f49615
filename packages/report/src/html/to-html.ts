import { reasonsToDoubt } from '../doubts.ts'
import { shortHash } from '../figures.ts'
import type { ShowOptions } from '../markdown/to-markdown.ts'
import type { Report } from '../report.ts'
import { shownTraces } from '../shown-traces.ts'
import { entrantsOf } from '../trace-rows.ts'
import { overviewSection, traceSection } from './cache-impact.ts'
import { cacheSpeedSection } from './cache-speed.ts'
import { conformanceSection } from './conformance.ts'
import { environmentSection } from './environment.ts'
import { faultsSection } from './faults.ts'
import { changeCostSection, footprintSection } from './footprint.ts'
import { gatewaySection } from './gateway.ts'
import { guardrailsSection } from './guardrails.ts'
import { latencySection } from './latency.ts'
import { markup, trusted, type Markup } from './markup.ts'
import { metricsSection } from './metrics.ts'
import { overheadSection, speedSection, streamingSection } from './overhead.ts'
import { curveSection, stampedeSection } from './saving.ts'
import { styleSheet } from './style-sheet.ts'

const sections = [
  ['cache-impact', 'Cache impact'],
  ['trace-1', 'Traces'],
  ['latency', 'Latency'],
  ['curve', 'Repeat rate'],
  ['stampede', 'Stampede'],
  ['conformance', 'Conformance'],
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
  ['doubts', 'Doubts'],
  ['environment', 'Environment'],
] as const

/** The report as one HTML file that needs nothing beside it: no script, no network, light and dark. */
export async function toHtml(report: Report, { recorded = [] }: ShowOptions = {}): Promise<string> {
  const traces = shownTraces(report, recorded)
  const entrants = [
    ...new Set([
      ...report.conformance.map(({ name }) => name),
      ...traces.flatMap(({ impact }) => entrantsOf(impact)),
    ]),
  ]
  const traceSections: Markup[] = []
  for (const [index, trace] of traces.entries()) traceSections.push(await traceSection(trace, index))
  const { cacheImpact, conformance, overhead, faults, environment, startedAt } = report
  const shown = sections.filter(
    ([id]) => traces.length > 0 || !['trace-1', 'latency', 'curve', 'stampede'].includes(id),
  )
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Plumbline report, ${startedAt.slice(0, 10)}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<header>
<div class="bar"><a class="name" href="#top">Plumbline</a>
<nav aria-label="Sections">${shown.map(([id, name]) => markup`<a href="#${id}">${name}</a>`)}</nav></div>
</header>
<main id="top">
<h1>Plumbline report</h1>
<p class="lead">One LLM pipeline, built twice, held to one contract: ${conformance.length} entrants, measured <time>${startedAt.slice(0, 16).replace('T', ' ')} UTC</time> on commit <code>${shortHash(environment.commit)}</code>${environment.dirty ? ' with local changes' : ''}.</p>
<p class="quiet">${provenance()}</p>
${await overviewSection(traces, entrants)}
${traceSections}
${traces.length > 0 ? [await latencySection(traces), await curveSection(cacheImpact?.curve, entrants), stampedeSection(cacheImpact?.stampede)] : []}
${conformanceSection(report)}
${await overheadSection(overhead)}
${streamingSection(report.streaming)}
${speedSection(report)}
${faultsSection(faults)}
${guardrailsSection(report.guardrails)}
${metricsSection(report.metrics)}
${cacheSpeedSection(report.cacheSpeed)}
${footprintSection(report.footprint)}
${changeCostSection(report.changeCost)}
${gatewaySection(report.gateway)}
<section id="doubts">
<h2>Reasons to doubt this</h2>
<ul>${reasonsToDoubt(report, traces).map((reason) => markup`<li>${reason}</li>`)}</ul>
</section>
${environmentSection(report)}
</main>
</body>
</html>
`.html
}

function provenance(): Markup {
  const kinds = [
    ['counted', 'at the simulated provider or in the answers'],
    ['priced', 'a count times a dated price'],
    ['modelled', 'real time against a provider with stated times'],
    ['measured', 'on the machine named at the end'],
  ] as const
  return markup`How a figure came about is said beside it: ${kinds.map(
    ([name, what], index) => markup`${index > 0 ? ', ' : ''}<span class="provenance">${name}</span> ${what}`,
  )}.`
}
