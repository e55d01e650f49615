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
  return { option, criteria: scored, families: familiesOf(scored) }
}

function familiesOf(scored: readonly CriterionScore[]): Record<Family, Interval> {
  const ofFamily = (family: Family) => {
    const byMetric = Map.groupBy(
      scored.filter((one) => one.criterion.family === family),
      (one) => one.criterion.metric,
    )
    return average([...byMetric.values()].map((same) => average(same.map(({ score }) => score))))
  }
  // The keys are all families, which `fromEntries` cannot know.
  return Object.fromEntries(families.map((family) => [family, ofFamily(family)])) as Record<Family, Interval>
}

/**
 * The options as they are set beside each other. A figure that all of them share, with an interval over something that is the same
 * for all, moves none of them past another: there only its middle counts.
 */
export function besideEachOther(options: readonly OptionScores[]): OptionScores[] {
  return options.map((one) => {
    const criteria = one.criteria.map((scored, index) => {
      const isShared = options.every(({ criteria: others }) =>
        isSame(scored.measurement, others[index]?.measurement),
      )
      const { mid } = scored.score
      return isShared ? { ...scored, score: { low: mid, mid, high: mid } } : scored
    })
    return { option: one.option, criteria, families: familiesOf(criteria) }
  })
}

function isSame(one: Measurement | undefined, other: Measurement | undefined): boolean {
  return (
    one?.varies !== undefined &&
    one.varies === other?.varies &&
    one.value === other.value &&
    one.low === other.low &&
    one.high === other.high
  )
}

function intervalOf(criterion: Criterion, { value, low = value, high = value }: Measurement): Interval {
  const ends = [scoreOf(criterion, low), scoreOf(criterion, high)]
  return { low: Math.min(...ends), mid: scoreOf(criterion, value), high: Math.max(...ends) }
}
