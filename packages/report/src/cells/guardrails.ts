import { formatCount, formatShare, nothing } from '../figures.ts'
import type { GuardrailRow, Guardrails, ShareCount } from '../guardrails.ts'

const familyNames = { injection: 'injection', pii: 'personal data', secret: 'secrets' } as const

/** A table for each family that somebody looks for: sets down, entrants across, the heading first. */
export function guardrailScoreCells({ entrants, rows }: Guardrails): { family: string; cells: string[][] }[] {
  return (['injection', 'pii', 'secret'] as const).flatMap((family) => {
    const own = rows.filter((row) => row.family === family)
    if (own.length === 0) return []
    const names = entrants.filter(({ families }) => families.includes(family)).map(({ name }) => name)
    const cells = [...new Set(own.map(({ set }) => set))].map((set) => {
      const ofSet = own.filter((row) => row.set === set)
      const most = Math.max(...ofSet.map(({ n }) => n))
      return [
        set,
        String(most),
        ...names.map((name) =>
          score(
            ofSet.find(({ entrant }) => entrant === name),
            most,
          ),
        ),
      ]
    })
    return [{ family: familyNames[family], cells: [['set', 'n', ...names], ...cells] }]
  })
}

/** `P 98.0 % R 91.0 % FP 0.5 %` with what there is of it; the number of texts where it is not all of the set. */
function score(row: GuardrailRow | undefined, all: number): string {
  if (row === undefined) return nothing
  const parts = [
    ['P', row.precision],
    ['R', row.recall],
    ['FP', row.falsePositiveRate],
  ] as const
  const shares = parts.flatMap(([name, share]) => (share === null ? [] : [`${name} ${formatShare(share)}`]))
  return [...shares, ...(row.n === all ? [] : [`(n ${row.n})`])].join(' ') || nothing
}

/** Every row as it was measured, the heading first. */
export function guardrailRowCells({ rows }: Guardrails): string[][] {
  return [
    ['entrant', 'set', 'family', 'n', 'precision', 'recall', 'F1', 'false positives', 'us p50', 'us p99'],
    ...rows.map((row) => [
      row.entrant,
      row.set,
      row.family,
      String(row.n),
      countedShare(row.precision, row.counts?.precision),
      countedShare(row.recall, row.counts?.recall),
      countedShare(row.f1),
      countedShare(row.falsePositiveRate, row.counts?.falsePositiveRate),
      row.usP50.toFixed(1),
      row.usP99.toFixed(1),
    ]),
  ]
}

/** `90.0 % [82.6, 94.5], 90 of 100`, as much of it as is known. */
function countedShare(share: number | null, counted?: ShareCount | null): string {
  if (share === null) return nothing
  if (!counted) return formatShare(share)
  const { found, of, low, high } = counted
  const [from, to] = [low, high].map((end) => (end * 100).toFixed(1))
  return `${formatShare(share)} [${from}, ${to}], ${formatCount(found)} of ${formatCount(of)}`
}

/** Entrants down, what all of their checks together cost in us across, the heading first. */
export function guardrailTimingCells({ entrants, timings }: Guardrails): string[][] {
  const texts = ['short', '2 kB'] as const
  return [
    ['entrant', 'version', 'looks for', ...texts.flatMap((text) => [`${text}, us p50`, 'p99'])],
    ...entrants.map(({ name, version, families }) => [
      name,
      version,
      families.map((family) => familyNames[family]).join(', '),
      ...texts.flatMap((text) => {
        const timing = timings.find((row) => row.entrant === name && row.text === text)
        return timing ? [timing.usP50.toFixed(1), timing.usP99.toFixed(1)] : [nothing, nothing]
      }),
    ]),
  ]
}

/** Entrants down, the slowest hostile text of each length across, the heading first. */
export function guardrailGrowthCells({ entrants, growth }: Guardrails): string[][] {
  const lengths = [...new Set(growth.map(({ chars }) => chars))].toSorted((one, other) => one - other)
  return [
    ['entrant', ...lengths.map((chars) => `${chars / 1024}k, ms`), 'slowest on', 'left out'],
    ...entrants.map(({ name }) => {
      const own = growth.filter(({ entrant }) => entrant === name)
      const slowest = own
        .filter(({ ms }) => ms !== null)
        .toSorted((one, other) => other.chars - one.chars || (other.ms ?? 0) - (one.ms ?? 0))
      const leftOut = own.filter(({ ms }) => ms === null).length
      return [
        name,
        ...lengths.map((chars) => slowest.find((row) => row.chars === chars)?.ms?.toFixed(1) ?? nothing),
        slowest[0] ? JSON.stringify(slowest[0].piece) : nothing,
        leftOut === 0 ? nothing : `${leftOut} of ${own.length} texts`,
      ]
    }),
  ]
}

/** Policies down, the most that a stream under them holds back, the heading first; undefined for a report that does not say. */
export function guardrailHoldCells({ holds }: Guardrails): string[][] | undefined {
  return (
    holds && [
      ['policy', 'held back at most, UTF-16 code units'],
      ...holds.map(({ policy, chars }) => [policy, chars === null ? 'the whole answer' : String(chars)]),
    ]
  )
}

/** Who is missing and the command that adds them, once for each command. */
export function guardrailGaps({ notMeasured }: Guardrails): string[] {
  return [...Map.groupBy(notMeasured, ({ measuredBy }) => measuredBy)].map(
    ([measuredBy, missing]) =>
      `${missing.map(({ what }) => what).join(', ')}: not measured, because not installed. ${measuredBy}.`,
  )
}
