import { families, type Family } from './criteria.ts'

/** What each family counts; any numbers from 0 up, of which only the proportions matter. */
export type Weights = Readonly<Record<Family, number>>

export const equalWeights: Weights = { effort: 1, capability: 1, control: 1, footprint: 1, churn: 1 }

/** The same proportions, adding up to 1. Throws `RangeError` for a weight that is negative or no number, or when all are 0. */
export function normalised(weights: Weights): Weights {
  for (const family of families) {
    const weight = weights[family]
    if (!Number.isFinite(weight) || weight < 0) {
      throw new RangeError(`The weight of ${family} must be a number from 0 up, got ${weight}.`)
    }
  }
  const sum = families.reduce((total, family) => total + weights[family], 0)
  if (sum === 0) throw new RangeError('At least one family needs a weight over 0.')
  return byFamily((family) => weights[family] / sum)
}

/** Weights that add up to 1 with one family's changed to `weight`: the others keep their proportions to each other. */
export function withWeight(weights: Weights, family: Family, weight: number): Weights {
  const rest = 1 - weights[family]
  return byFamily((other) => {
    if (other === family) return weight
    // The only family that counted: what it loses is shared alike.
    return rest === 0 ? (1 - weight) / (families.length - 1) : (weights[other] / rest) * (1 - weight)
  })
}

function byFamily(weightOf: (family: Family) => number): Weights {
  // The keys are all families, which `fromEntries` cannot know.
  return Object.fromEntries(families.map((family) => [family, weightOf(family)])) as Record<Family, number>
}
