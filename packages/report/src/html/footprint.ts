import { captions } from '../captions.ts'
import { changeCostCells } from '../cells/change-cost.ts'
import { footprintCells, footprintGaps, ownLinesCells } from '../cells/footprint.ts'
import type { ChangeCost } from '../change-cost.ts'
import type { Footprint } from '../footprint.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'
import { withCode } from './with-code.ts'

/** What a project takes on with each row. */
export function footprintSection(footprint: Footprint | undefined): Markup {
  return footprint ? measured(footprint) : notMeasured('footprint')
}

/** What the next change costs. */
export function changeCostSection(changeCost: ChangeCost | undefined): Markup {
  if (changeCost === undefined) return notMeasured('change-cost')
  const { rows } = changeCost
  return markup`<p>${withCode(captions.changeCost)}</p>
${table(changeCostCells(changeCost), { caption: markup`Lines of source, files, packages and lines of tests. ${provenanceLabel('counted')}`, rightFrom: 1 })}
<ul>${rows.map(({ build, change, what, patch }) => markup`<li>${change}, ${build}: ${what} <code>${patch}</code></li>`)}</ul>`
}

function measured(footprint: Footprint): Markup {
  return markup`<p>${captions.footprint(footprint)}</p>
${table(footprintCells(footprint), { caption: markup`What comes with each. ${provenanceLabel('counted')} ${provenanceLabel('measured')}`, rightFrom: 1 })}
<ul>${footprintGaps(footprint).map((gap) => markup`<li>${gap}</li>`)}</ul>
<details><summary>Lines by file</summary>
${table(ownLinesCells(footprint), { caption: markup`Lines of each build's own files. ${provenanceLabel('counted')}`, rightFrom: 1 })}
</details>`
}
