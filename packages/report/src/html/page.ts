import { captions, wasBusy } from '../captions.ts'
import { commandOf } from '../command-of.ts'
import type { Report } from '../report.ts'
import { describeRun } from '../shown-traces.ts'
import type { FoundSection } from '../find-section.ts'
import { markup, type Markup, type MarkupValue } from './markup.ts'

/** One page of the report: all are in the file, the address says which is shown. */
export function page(id: string, heading: string, content: MarkupValue): Markup {
  return markup`<section class="page" id="${id}">
<h2>${heading}</h2>
${content}
</section>`
}

/** What stands where a benchmark was not run. */
export function notMeasured(name: string): Markup {
  return markup`<p>Not measured. <code>${commandOf(name)}</code> measures it.</p>`
}

/** Which run a section is of, where it is an earlier one. */
export function runNote(found: FoundSection<unknown> | undefined): Markup | undefined {
  if (!found?.recorded) return undefined
  return markup`<p class="${found.stale ? 'warning' : 'quiet'}">Not measured in this run: ${describeRun(found)}.</p>`
}

/** Beside times: which of the runs that they are of had a busy machine, each said once. */
export function noisyNote(...runs: readonly (Report | undefined)[]): Markup {
  const busy = runs.flatMap((run) =>
    run && wasBusy(run.environment) ? [captions.noisy(run.environment)] : [],
  )
  return markup`${[...new Set(busy)].map((said) => markup`<p class="warning">${said}</p>`)}`
}
