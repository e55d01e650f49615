import type { EntrantOutcomes, Reproduction } from '../report.ts'
import { markup, type Markup } from './markup.ts'

/** The programs that show why an entrant fails a clause. */
export function reproductionsOf(entrant: EntrantOutcomes | undefined, clause: string): Reproduction[] {
  return entrant?.reproductions?.filter(({ clauses }) => clauses.includes(clause)) ?? []
}

/** Where a program is on the page. */
export function reproductionId(entrant: EntrantOutcomes | undefined, { file }: Reproduction): string {
  return `program-${entrant?.name}-${nameOf(file)}`
}

/** Every program, to read and to run. */
export function reproductionList(conformance: readonly EntrantOutcomes[]): Markup | undefined {
  const having = conformance.filter(({ reproductions = [] }) => reproductions.length > 0)
  if (having.length === 0) return undefined
  return markup`<h3 id="programs">Programs that show a failure</h3>
<p>Each is a program of its own, under 30 lines, with nothing of ours in it and the page whose advice it follows. The tests run them all, so that an upgrade which repairs something is noticed.</p>
${having.map(
  (entrant) => markup`<h4>${entrant.name} <span class="quiet">${entrant.version}</span></h4>
${entrant.reproductions?.map(
  (
    program,
  ) => markup`<details id="${reproductionId(entrant, program)}"><summary>${nameOf(program.file).replaceAll('-', ' ')} <span class="quiet">${program.clauses.join(', ')}</span></summary>
<p><code>npx node ${program.file}</code></p>
<pre tabindex="0">${program.source}</pre></details>`,
)}`,
)}`
}

function nameOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ts$/, '')
}
