import {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailRowCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from '../cells/guardrails.ts'
import { guardrailCaptions } from '../guardrail-captions.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** What the checks catch and what they cost, ours beside the peers'. */
export function guardrailsSection({ guardrails }: Report): string[] {
  if (!guardrails) return ['## Guardrails', notMeasured('guardrails')]
  const holds = guardrailHoldCells(guardrails)
  const smallSets = guardrailCaptions.smallSets(guardrails)
  return [
    '## Guardrails',
    guardrailCaptions.lookedFor,
    guardrailCaptions.notLookedFor,
    guardrailCaptions.languages,
    guardrailCaptions.counted,
    ...(smallSets === undefined ? [] : [escapeText(smallSets)]),
    ...guardrailGaps(guardrails).map(escapeText),
    ...guardrailScoreCells(guardrails).flatMap(({ family, cells }) => [
      `### What is found: ${family}`,
      markdownTable(cells),
    ]),
    '### What it costs',
    guardrailCaptions.timings,
    markdownTable(guardrailTimingCells(guardrails), { rightFrom: 3 }),
    guardrailCaptions.growth(guardrails),
    markdownTable(guardrailGrowthCells(guardrails)),
    ...(holds ? ['### What a stream holds back', guardrailCaptions.holds, markdownTable(holds)] : []),
    '### Every row',
    markdownTable(guardrailRowCells(guardrails), { rightFrom: 3 }),
  ]
}
