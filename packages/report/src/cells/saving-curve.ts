import type { SavingPoint } from '../cache-impact.ts'
import { formatShare, nothing } from '../figures.ts'

/** One line of the curve: an entrant at one setting. */
export interface SavingLine {
  entrant: string
  setting: SavingPoint['setting']
  /** By repeat share, ascending. */
  points: SavingPoint[]
}

/** The points of the curve as lines, in the order in which entrants and settings first appear. */
export function savingLines(curve: readonly SavingPoint[]): SavingLine[] {
  const lines = new Map<string, SavingLine>()
  for (const point of curve) {
    const { entrant, setting } = point
    const key = JSON.stringify([entrant, setting])
    const line = lines.get(key) ?? { entrant, setting, points: [] }
    line.points.push(point)
    lines.set(key, line)
  }
  for (const { points } of lines.values()) points.sort((one, other) => one.repeatShare - other.repeatShare)
  return [...lines.values()]
}

/** What is saved at each repeat rate, one column for each line, the heading first. */
export function savingCurveCells(curve: readonly SavingPoint[]): string[][] {
  const lines = savingLines(curve)
  const rates = [...new Set(curve.map(({ repeatShare }) => repeatShare))].toSorted(
    (one, other) => one - other,
  )
  return [
    ['repeat rate', ...lines.map(({ entrant, setting }) => `${entrant}, ${setting}`)],
    ...rates.map((rate) => [
      formatShare(rate),
      ...lines.map(({ points }) => {
        const point = points.find(({ repeatShare }) => repeatShare === rate)
        return point ? formatShare(point.savedShare) : nothing
      }),
    ]),
  ]
}
