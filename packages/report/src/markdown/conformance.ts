import { captions } from '../captions.ts'
import { nothing } from '../figures.ts'
import { conformanceFailures, conformanceMatrix } from '../conformance-matrix.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** The conformance matrix, and what failed. */
export function conformanceSection(report: Report): string[] {
  const rows = conformanceMatrix(report)
  if (rows.length === 0) return ['## Conformance', notMeasured('conformance')]
  const hasSentences = rows.some(({ facts }) => facts !== undefined)
  const failures = conformanceFailures(report)
  return [
    '## Conformance',
    captions.clauses(rows.length),
    captions.clausesWithoutColumn,
    captions.conformance,
    markdownTable([
      [
        'clause',
        ...(hasSentences ? ['what it asks'] : []),
        ...report.conformance.map(({ name, version }) => `${name} ${version}`),
      ],
      ...rows.map(({ id, facts, outcomes }) => [
        id,
        ...(hasSentences ? [facts?.sentence ?? ''] : []),
        ...outcomes.map((found) => (!found || found.outcome === 'unsupported' ? nothing : found.outcome)),
      ]),
    ]),
    ...(failures.length > 0 ? ['### What failed', failures.map(failureLine).join('\n')] : []),
  ]
}

function failureLine({
  id,
  entrant,
  reason,
  failedScenarios = [],
  link,
}: ReturnType<typeof conformanceFailures>[number]): string {
  const scenarios = failedScenarios.length > 0 ? ` Fails when: ${failedScenarios.join('; ')}.` : ''
  return escapeText(
    `- ${id}, ${entrant}: ${reason ?? 'no reason is recorded.'}${scenarios}${link === undefined ? '' : ` See ${link}`}`,
  )
}
