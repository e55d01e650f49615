import { markup, type Markup, type MarkupValue } from './markup.ts'

/** How a table is shown. */
export interface TableOptions {
  /** Says what the table holds and how its figures came about. */
  caption: MarkupValue
  /** Columns from here on (by index) are figures, right-aligned. Default none. */
  rightFrom?: number
}

/** A table in a region that scrolls sideways by itself; the first row is its heading, the first column heads each row. */
export function table(
  rows: readonly (readonly MarkupValue[])[],
  { caption, rightFrom = Infinity }: TableOptions,
): Markup {
  const [heading = [], ...body] = rows
  const kind = (column: number): string => (column >= rightFrom ? 'figure' : 'text')
  return markup`<div class="scroll" tabindex="0"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${heading.map((cell, column) => markup`<th scope="col" class="${kind(column)}">${cell}</th>`)}</tr></thead>
<tbody>${body.map(
    (cells) => markup`<tr>${cells.map((cell, column) =>
      column === 0
        ? markup`<th scope="row" class="${kind(column)}">${cell}</th>`
        : markup`<td class="${kind(column)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody>
</table></div>`
}

/** The label that says how a figure came about. */
export function provenanceLabel(provenance: string): Markup {
  return markup`<span class="provenance">${provenance}</span>`
}
