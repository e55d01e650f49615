import { families, type Criterion, type Family } from './criteria.ts'
import { findMeasurement, type Evidence, type Measurement } from './evidence.ts'
import { average, unknown, type Interval } from './interval.ts'

/** What one criterion says of one option. */
export interface CriterionScore {
  criterion: Criterion
  /** Undefined: not measured. */
  measurement: Measurement | undefined
  score: Interval
}

/** What all criteria say of one option. */
export interface OptionScores {
  option: string
  criteria: readonly CriterionScore[]
  families: Readonly<Record<Family, Interval>>
}

/** Between 0 and 1, by the anchors of the criterion, to twelve decimals: engines differ in the last bit of a logarithm. */
export function scoreOf(criterion: Criterion, value: number): number {
  const { zero, full, scale } = criterion
  // A logarithm needs something positive; less than a hundredth of the better anchor is as good as that.
  const smallest = Math.min(Math.abs(zero), Math.abs(full)) / 100
  const place = (one: number) => (scale === 'log' ? Math.log(Math.max(one, smallest)) : one)
  const share = (place(value) - place(zero)) / (place(full) - place(zero))
  return Math.round(Math.min(1, Math.max(0, share)) * 1e12) / 1e12
}

/**
 * Scores one option. Inside a family criteria count alike; criteria that read the same metric count as one together, so that to
 * ask the same thing twice changes nothing. A family that nothing measures is unknown.
 */
export function scoreOption(
  evidence: Evidence,
  option: string,
  criteria: readonly Criterion[],
): OptionScores {
  const scored = criteria.map((criterion) => {
    const measurement = findMeasurement(evidence, criterion.metric, option)
    return { criterion, measurement, score: measurement ? intervalOf(criterion, measurement) : unknown }
  })
  const ofFamily = (family: Family) => {
    const byMetric = Map.groupBy(
      scored.filter((one) => one.criterion.family === family),
      (one) => one.criterion.metric,
    )
    return average([...byMetric.values()].map((same) => average(same.map(({ score }) => score))))
  }
  return {
    option,
    criteria: scored,
    // The keys are all families, which `fromEntries` cannot know.
    families: Object.fromEntries(families.map((family) => [family, ofFamily(family)])) as Record<
      Family,
      Interval
    >,
  }
}

function intervalOf(criterion: Criterion, { value, low = value, high = value }: Measurement): Interval {
  const ends = [scoreOf(criterion, low), scoreOf(criterion, high)]
  return { low: Math.min(...ends), mid: scoreOf(criterion, value), high: Math.max(...ends) }
}
