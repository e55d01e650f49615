import {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailRowCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from '../cells/guardrails.ts'
import { guardrailCaptions } from '../guardrail-captions.ts'
import type { Guardrails } from '../guardrails.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'
import { withCode } from './with-code.ts'

/** What the checks catch and what they cost, ours beside the peers'. */
export function guardrailsSection(guardrails: Guardrails | undefined): Markup {
  return guardrails ? measured(guardrails) : notMeasured('guardrails')
}

function measured(guardrails: Guardrails): Markup {
  const counted = provenanceLabel('counted')
  const timed = provenanceLabel('measured')
  const holds = guardrailHoldCells(guardrails)
  const { lookedFor, notLookedFor, languages } = guardrailCaptions
  const smallSets = guardrailCaptions.smallSets(guardrails)
  return markup`${[lookedFor, notLookedFor, languages].map((said) => markup`<p>${withCode(said)}</p>`)}
<p>${guardrailCaptions.counted}</p>
${smallSets === undefined ? undefined : markup`<p class="warning">${smallSets}</p>`}
${guardrailGaps(guardrails).map((gap) => markup`<p>${gap}</p>`)}
${guardrailScoreCells(guardrails).map(
  ({ family, cells }) =>
    markup`${table(cells, { caption: markup`What is found: ${family}. ${counted}`, rightFrom: 1 })}`,
)}
${table(guardrailTimingCells(guardrails), { caption: markup`${guardrailCaptions.timings} ${timed}`, rightFrom: 3 })}
${table(guardrailGrowthCells(guardrails), { caption: markup`${guardrailCaptions.growth(guardrails)} ${timed}`, rightFrom: 1 })}
${holds ? table(holds, { caption: markup`${guardrailCaptions.holds} ${counted}`, rightFrom: 1 }) : markup``}
<details><summary>Every row</summary>
${table(guardrailRowCells(guardrails), { caption: markup`Each entrant on each set. ${counted} ${timed}`, rightFrom: 3 })}
</details>`
}
