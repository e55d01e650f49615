import { captions } from '../captions.ts'
import {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailRowCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from '../cells/guardrails.ts'
import type { Guardrails } from '../guardrails.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What the checks catch and what they cost, ours beside the peers'. */
export function guardrailsSection(guardrails: Guardrails | undefined): Markup {
  return guardrails ? measured(guardrails) : notMeasured('guardrails')
}

function measured(guardrails: Guardrails): Markup {
  const counted = provenanceLabel('counted')
  const timed = provenanceLabel('measured')
  const holds = guardrailHoldCells(guardrails)
  return markup`<p>${captions.guardrails}</p>
${guardrailScoreCells(guardrails).map(
  ({ family, cells }) =>
    markup`${table(cells, { caption: markup`What is found: ${family}. ${counted}`, rightFrom: 1 })}`,
)}
${table(guardrailTimingCells(guardrails), { caption: markup`${captions.guardrailTimings} ${timed}`, rightFrom: 3 })}
${table(guardrailGrowthCells(guardrails), { caption: markup`${captions.guardrailGrowth} ${timed}`, rightFrom: 1 })}
${holds ? table(holds, { caption: markup`${captions.guardrailHolds} ${counted}`, rightFrom: 1 }) : markup``}
<ul>${guardrailGaps(guardrails).map((gap) => markup`<li>${gap}</li>`)}</ul>
<details><summary>Every row</summary>
${table(guardrailRowCells(guardrails), { caption: markup`Each entrant on each set. ${counted} ${timed}`, rightFrom: 3 })}
</details>`
}
