import { commandOf } from '../command-of.ts'
import { reasonsToDoubt } from '../doubts.ts'
import type { Report } from '../report.ts'
import type { ShownTrace } from '../shown-traces.ts'
import { environmentSection } from './environment.ts'
import { markup, type Markup } from './markup.ts'

/** A page by its id, and its name in the navigation. */
export type NamedPage = readonly [id: string, name: string]

/** How it was measured, what was not, the reasons to doubt it, and the machine. */
export function methodSection(
  report: Report,
  traces: readonly ShownTrace[],
  missing: readonly NamedPage[],
): Markup {
  return markup`<p>${provenance()}</p>
<ul>
<li>A figure is written only where the contract holds on that commit and lockfile. What was not run reads <i>not measured</i>, with the command that would.</li>
<li>Rows take turns within a round, in an order that rotates and in its reverse, after a warm-up. What is shown is the median of the ratio, or the difference, within a round, with a bootstrap interval of 95 %.</li>
<li>The baseline is measured against itself in every run; a row whose interval meets that one reads <i>no difference shown</i>.</li>
<li>Overhead and model time are never one figure. Counts and cost are taken in virtual time, latency in real time.</li>
<li>Other entrants are used as their own documentation advises, at the version of the lockfile.</li>
</ul>
<p>The whole method is in <code>docs/method.md</code>, the scoring of the Decide page in <code>docs/decision-framework.md</code>.</p>
${notMeasuredList(missing)}
<h3 id="doubts">Reasons to doubt this</h3>
<ul>${reasonsToDoubt(report, traces).map((reason) => markup`<li>${reason}</li>`)}</ul>
${environmentSection(report)}`
}

/** What the navigation leaves out, and what would measure it. The Speed page measures nothing of its own. */
function notMeasuredList(missing: readonly NamedPage[]): Markup | undefined {
  const own = missing.filter(([id]) => id !== 'speed')
  if (own.length === 0) return undefined
  return markup`<h3 id="not-measured">Not measured</h3>
<ul>${own.map(([id, name]) => markup`<li>${name}: <code>${commandOf(id)}</code></li>`)}</ul>`
}

function provenance(): Markup {
  const kinds = [
    ['counted', 'at the simulated provider or in the answers'],
    ['priced', 'a count times a dated price'],
    ['modelled', 'real time against a provider with stated times'],
    ['measured', 'on the machine named below'],
  ] as const
  return markup`How a figure came about is said beside it: ${kinds.map(
    ([name, what], index) => markup`${index > 0 ? ', ' : ''}<span class="provenance">${name}</span> ${what}`,
  )}.`
}
