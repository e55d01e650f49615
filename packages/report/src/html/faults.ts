import { captions } from '../captions.ts'
import { faultCountCells } from '../cells/fault-counts.ts'
import type { Faults } from '../faults.ts'
import { faultMatrix } from './fault-matrix.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What each entrant makes of a provider that misbehaves: the counts, then every call. */
export function faultsSection(faults: Faults | undefined): Markup {
  return faults ? measured(faults) : notMeasured('faults')
}

function measured(faults: Faults): Markup {
  return markup`<p>${captions.faults(faults)}</p>
<p>${captions.faultSettings}</p>
<div class="counts">${table(faultCountCells(faults), { caption: markup`${captions.faultCounts} ${provenanceLabel('counted')}`, rightFrom: 2 })}</div>
${kind(faults, { heading: 'Chat calls', stream: false })}
${kind(faults, { heading: 'Streamed calls', stream: true })}`
}

function kind(faults: Faults, { heading, stream }: { heading: string; stream: boolean }): Markup | undefined {
  const shown = faults.faults.filter((fault) => fault.stream === stream)
  if (shown.length === 0) return undefined
  return markup`<h3>${heading}</h3>
${faultMatrix(faults, shown, {
  caption: markup`How each call ended, after what time and how many requests. The class of an error opens: its code, and whether its stack leads to the caller. ${provenanceLabel('measured')}`,
})}`
}
