import { faultColumns, faultRow, type FaultColumn } from '../fault-columns.ts'
import { callerFrameText, requestsText, timeText } from '../fault-words.ts'
import type { FaultFacts, FaultRow, Faults } from '../faults.ts'
import { nothing } from '../figures.ts'
import { markup, trusted, type Markup } from './markup.ts'

/** Not those of conformance: an outcome is no verdict. */
const symbols = { success: '●', error: '!', hangs: '∞' } as const

/** As many columns as a wide page has room for; with more the matrix keeps to a region that scrolls. */
const columnsThatFit = 10

/** The faults in `shown` by entrant and retry setting, in a region that scrolls sideways beside the names of the faults. */
export function faultMatrix(
  faults: Faults,
  shown: readonly FaultFacts[],
  { caption }: { caption: Markup },
): Markup {
  const columns = faultColumns(faults)
  const groups = [...Map.groupBy(columns, ({ entrant }) => entrant).values()]
  return markup`<div class="scroll faults${columns.length <= columnsThatFit ? ' fits' : ''}" tabindex="0"><table>
<caption><span>${caption}</span></caption>
<colgroup><col></colgroup>${groups.map((group) => markup`<colgroup span="${group.length}"></colgroup>`)}
<thead><tr><th scope="col" rowspan="2">what the provider does</th>${groups.map(groupHeading)}</tr>
<tr>${columns.map(({ retries }) => markup`<th scope="col" class="quiet">${retries}</th>`)}</tr></thead>
<tbody>${shown.map(
    (fault) => markup`<tr><th scope="row">${fault.what}</th>${columns.map(
      (column) => markup`<td>${ending(faultRow(faults, fault, column))}</td>`,
    )}</tr>
`,
  )}</tbody>
</table></div>`
}

function groupHeading(group: readonly FaultColumn[]): Markup {
  const [first] = group
  return markup`<th scope="colgroup" colspan="${group.length}">${first?.entrant} <span class="quiet">${first?.version}</span></th>`
}

function ending(row: FaultRow | undefined): Markup {
  if (!row)
    return markup`<span class="none"><span aria-hidden="true">${nothing}</span><span class="unseen">not measured</span></span>`
  const { outcome } = row
  return markup`<span class="ending ${outcome}"><span aria-hidden="true">${symbols[outcome]}</span>${outcome}</span>
<span class="spent">${timeText(row)}</span><span class="spent">${requestsText(row)}</span>${outcome === 'error' ? errorDetails(row) : ''}`
}

function errorDetails(row: FaultRow): Markup {
  const { errorName = 'no name', errorCode } = row
  return markup`<details><summary>${breakable(errorName)}</summary>
<span>${errorCode === undefined ? 'no code' : markup`<code>${breakable(errorCode)}</code>`}</span><span>${callerFrameText(row)}</span></details>`
}

/** A name that may break between its words, so that a column can be narrow. */
function breakable(name: string): Markup[] {
  return name
    .split(/(?<=[a-z])(?=[A-Z])|(?<=_)/)
    .map((word, index) => markup`${index > 0 ? trusted('<wbr>') : ''}${word}`)
}
