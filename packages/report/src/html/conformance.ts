import { captions } from '../captions.ts'
import { byFamily, type ClauseFamily } from '../clause-families.ts'
import { conformanceMatrix, type MatrixRow } from '../conformance-matrix.ts'
import type { EntrantOutcomes, Report } from '../report.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { reproductionId, reproductionList, reproductionsOf } from './reproductions.ts'
import { withCode } from './with-code.ts'

/** Every clause by every entrant, a failure with its reason. */
export function conformanceSection(report: Report): Markup {
  const rows = conformanceMatrix(report)
  return rows.length === 0 ? notMeasured('conformance') : matrix(report, rows)
}

function matrix({ conformance }: Report, rows: readonly MatrixRow[]): Markup {
  const families = byFamily(rows)
  return markup`<p>${captions.clauses(rows.length)}</p>
<p>${withCode(captions.clausesWithoutColumn)}</p>
<ul class="families" aria-label="Families of clauses">${families.map(
    ({ prefix, name, rows: own }) =>
      markup`<li><a href="#family-${prefix}">${name}</a> <span class="quiet">${prefix}, ${own.length}</span></li>`,
  )}</ul>
<div class="scroll matrix" tabindex="0"><table>
<caption><span>${captions.conformance} A failure opens: in which scenarios, what was seen, a program that shows it, and where more is written.</span></caption>
<thead><tr><th scope="col" class="text">clause</th>${conformance.map(
    ({ name, version }) => markup`<th scope="col">${name} <span class="quiet">${version}</span></th>`,
  )}</tr></thead>
${families.map((family) => familyRows(family, conformance))}</table></div>
${missingCapabilities(conformance)}
${reproductionList(conformance)}`
}

/** The clauses of one family under its name. */
function familyRows(
  { prefix, name, rows }: ClauseFamily<MatrixRow>,
  conformance: readonly EntrantOutcomes[],
): Markup {
  return markup`<tbody><tr class="family" id="family-${prefix}"><th scope="rowgroup" colspan="${conformance.length + 1}"><span>${name} <span class="quiet">${prefix}, ${counted(rows.length)}</span></span></th></tr>
${rows.map(
  ({ id, facts, outcomes }) => markup`<tr id="${id}">
<th scope="row" class="text"><code>${id}</code>${facts ? markup`<span class="sentence">${withCode(facts.sentence)} <span class="quiet">${facts.origin}</span></span>` : ''}</th>
${outcomes.map((outcome, place) => markup`<td>${outcomeCell(outcome, conformance[place])}</td>`)}</tr>
`,
)}</tbody>
`
}

function counted(clauses: number): string {
  return clauses === 1 ? '1 clause' : `${clauses} clauses`
}

function outcomeCell(
  found: EntrantOutcomes['outcomes'][number] | undefined,
  entrant: EntrantOutcomes | undefined,
): Markup {
  if (!found || found.outcome === 'unsupported') {
    const why = found ? (found.reason ?? 'not supported') : 'not asked'
    return markup`<span class="outcome none" title="${why}"><span aria-hidden="true">-</span><span class="unseen">${why}</span></span>`
  }
  if (found.outcome === 'pass')
    return markup`<span class="outcome pass"><span aria-hidden="true">✓</span> pass</span>`
  const { id, reason, failedScenarios = [], link } = found
  const programs = reproductionsOf(entrant, id)
  return markup`<details id="${id}-${entrant?.name}"><summary class="outcome fail"><span aria-hidden="true">✗</span> fail</summary>
<div class="why">
${failedScenarios.length > 0 ? markup`<p>It fails when</p><ul>${failedScenarios.map((scenario) => markup`<li>${scenario}</li>`)}</ul>` : ''}
<p>What was seen first: ${reason ? shortReason(reason) : 'no reason is recorded.'}</p>
${programs.map((program) => markup`<p><a href="#${reproductionId(entrant, program)}">a program that shows it</a></p>`)}
${linkTo(link)}</div></details>`
}

/** The first paragraph of what an assertion prints, and where it stands; the difference line by line is noise in a cell. */
function shortReason(reason: string): string {
  const [first = ''] = reason.split(/\n\s*(?:\n|\+ actual)/)
  const where = /\([A-Z]{3}-\d{2}\.ts:\d+\)\s*$/.exec(reason)?.[0].trim() ?? ''
  return first.includes(where) ? first : `${first} ${where}`
}

/** A link, where it is one to the web; any other text stands as text. */
function linkTo(link: string | undefined): Markup | string {
  if (link === undefined) return ''
  return /^https?:\/\//i.test(link)
    ? markup`<p><a href="${link}" rel="noreferrer">${link}</a></p>`
    : markup`<p>${link}</p>`
}

/** Why there are dashes, each reason once: a title alone cannot be read on a phone. */
function missingCapabilities(conformance: readonly EntrantOutcomes[]): Markup {
  const missing = conformance.flatMap(({ name, outcomes }) => {
    const byReason = new Map<string, string[]>()
    for (const { id, outcome, reason } of outcomes) {
      if (outcome !== 'unsupported') continue
      const why = reason ?? 'not supported'
      byReason.set(why, [...(byReason.get(why) ?? []), id])
    }
    return [...byReason].map(([why, ids]) => ({ name, why, ids }))
  })
  if (missing.length === 0) return markup``
  return markup`<details><summary>What the dashes mean</summary>
<ul>${missing.map(({ name, why, ids }) => markup`<li><b>${name}</b>: ${why} <span class="quiet">${ids.join(', ')}</span></li>`)}</ul>
</details>`
}
