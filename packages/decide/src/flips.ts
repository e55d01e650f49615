import { families, type Family } from './criteria.ts'
import type { OptionScores } from './score.ts'
import { withWeight, type Weights } from './weights.ts'

/** A change of one family's weight that puts another option first. */
export interface Flip {
  family: Family
  /** Shares of all weights, 0..1, to two decimals: at `to` exactly as printed another option is first. */
  from: number
  to: number
  turnsTo: string
}

/** A lead of less is what rounding makes of equal scores: no change of order is told by it. */
const rounding = 1e-9

/** The score of an option under weights that add up to 1. */
export function totalOf(scores: OptionScores, weights: Weights): number {
  return families.reduce((sum, family) => sum + scores.families[family].mid * weights[family], 0)
}

/** For each family the smallest change of its weight alone that puts another option before `first`, nearest change first. */
export function findFlips(first: OptionScores, others: readonly OptionScores[], weights: Weights): Flip[] {
  const flips = families.flatMap((family) => others.flatMap((other) => flipOf(first, other, weights, family)))
  const nearest = flips.toSorted((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from))
  // A nearer rival of the same family would have turned it already.
  return nearest.filter((flip, index) => nearest.findIndex(({ family }) => family === flip.family) === index)
}

function flipOf(first: OptionScores, other: OptionScores, weights: Weights, family: Family): Flip[] {
  // Both scores are straight lines in the weight of one family: they cross where the lead is 0.
  const leadAt = (weight: number) => {
    const changed = withWeight(weights, family, weight)
    return totalOf(first, changed) - totalOf(other, changed)
  }
  const [none, all] = [leadAt(0), leadAt(1)]
  if (none === all) return []
  const crossing = none / (none - all)
  if (!(crossing >= 0 && crossing <= 1)) return []
  const from = weights[family]
  // Rounded away from where we are, so that the figure that is printed is beyond the crossing.
  const isUp = crossing >= from
  let to = isUp ? Math.ceil(crossing * 100) / 100 : Math.floor(crossing * 100) / 100
  if (leadAt(to) > -rounding) to = Math.round((to + (isUp ? 0.01 : -0.01)) * 100) / 100
  if (to < 0 || to > 1 || leadAt(to) > -rounding) return []
  return [{ family, from, to, turnsTo: other.option }]
}
