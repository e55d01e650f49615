import { captions } from '../captions.ts'
import {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailRowCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from '../cells/guardrails.ts'
import type { Report } from '../report.ts'
import { escapeText, markdownTable } from './table.ts'

/** What the checks catch and what they cost, ours beside the peers'. */
export function guardrailsSection({ guardrails }: Report): string[] {
  if (!guardrails) return ['## Guardrails', 'Not measured.']
  const holds = guardrailHoldCells(guardrails)
  return [
    '## Guardrails',
    captions.guardrails,
    ...guardrailScoreCells(guardrails).flatMap(({ family, cells }) => [
      `### What is found: ${family}`,
      markdownTable(cells),
    ]),
    '### What it costs',
    captions.guardrailTimings,
    markdownTable(guardrailTimingCells(guardrails), { rightFrom: 3 }),
    captions.guardrailGrowth,
    markdownTable(guardrailGrowthCells(guardrails)),
    ...(holds ? ['### What a stream holds back', captions.guardrailHolds, markdownTable(holds)] : []),
    ...guardrailGaps(guardrails).map(escapeText),
    '### Every row',
    markdownTable(guardrailRowCells(guardrails), { rightFrom: 3 }),
  ]
}
