import { families, type Criterion } from './criteria.ts'

/** The criteria as a Markdown table, by family: what is asked, where it scores nothing and where everything, and what measures it. */
export function criteriaTable(criteria: readonly Criterion[]): string {
  const rows = families.flatMap((family) =>
    criteria
      .filter((criterion) => criterion.family === family)
      .map(({ what, unit, zero, full, scale, measuredBy }) => [
        family,
        what,
        `${zero} ${unit}`,
        `${full} ${unit}`,
        scale,
        `\`${measuredBy}\``,
      ]),
  )
  const heading = ['family', 'what', 'scores 0 at', 'scores 1 at', 'scale', 'measured by']
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
