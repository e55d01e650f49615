import { captions } from '../captions.ts'
import { changeCostCells } from '../cells/change-cost.ts'
import { footprintCells, footprintGaps, ownLinesCells } from '../cells/footprint.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { markdownTable } from './table.ts'

/** What a project takes on with each row. */
export function footprintSection({ footprint }: Report): string[] {
  if (!footprint) return ['## Footprint', notMeasured('footprint')]
  return [
    '## Footprint',
    captions.footprint(footprint),
    markdownTable(footprintCells(footprint)),
    ...footprintGaps(footprint),
    '### Lines by file',
    markdownTable(ownLinesCells(footprint)),
  ]
}

/** What the next change costs. */
export function changeCostSection({ changeCost }: Report): string[] {
  if (!changeCost) return ['## Change cost', notMeasured('change-cost')]
  return ['## Change cost', captions.changeCost, markdownTable(changeCostCells(changeCost))]
}
