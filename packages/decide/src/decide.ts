import { checkConstraints, type ConstraintCheck, type Constraints } from './constraints.ts'
import { defaultCriteria, families, type Criterion, type Family } from './criteria.ts'
import type { Evidence, Measurement } from './evidence.ts'
import { findFlips, totalOf, type Flip } from './flips.ts'
import { weighted, type Interval } from './interval.ts'
import { withOpinions, type Opinion } from './opinions.ts'
import { besideEachOther, scoreOption, type OptionScores } from './score.ts'
import { equalWeights, normalised, type Weights } from './weights.ts'
import { winShares } from './win-share.ts'

/** What a team brings. */
export interface Answers {
  /** Default: all alike. */
  weights?: Weights
  constraints?: Constraints
  opinions?: readonly Opinion[]
}

/**
 * `recommend`: nothing that is not known, and nothing within the intervals, could turn it. `lean`: ahead wherever in the intervals
 * the scores are, with few exceptions. `too close`: neither. `not enough evidence`: too much of what was weighed was not measured. `none fits`: every
 * option breaks a constraint.
 */
export type Verdict = 'recommend' | 'lean' | 'too close' | 'not enough evidence' | 'none fits'

/** The published limits between the verdicts. */
export const verdictLimits = {
  /** Least lead of the first over the second, on the scale of 0 to 1, to say more than `too close`. */
  margin: 0.05,
  /** Least share of what the intervals leave open in which the first stays first, to lean. */
  ahead: 0.9,
  /** Most of the weight that may rest on what was not measured. */
  notMeasured: 1 / 3,
}

/** One option that meets the constraints, or is not shown to break one. */
export interface Standing {
  option: string
  /** 0..1 under the weights that were given. */
  score: Interval
  families: Readonly<Record<Family, Interval>>
  /** Of random weights, 0..1. */
  winShare: number
  /** The share of the weights that rests on what was not measured, 0..1. */
  notMeasured: number
}

/** One criterion in which the first two options differ. */
export interface Driver {
  criterion: Criterion
  /** What it adds to the lead of the first over the second; negative: it speaks for the second. */
  contribution: number
  first: Measurement
  second: Measurement
}

/** What follows from the evidence, and what it rests on. */
export interface Advice {
  verdict: Verdict
  /** Why the verdict is this one, as a sentence. */
  reason: string
  /** Shares, adding up to 1. */
  weights: Weights
  /** Best first; those that break a constraint are not here. */
  ranking: readonly Standing[]
  constraints: readonly ConstraintCheck[]
  /** The lead of the first over the second, and what it could be; undefined where fewer than two are left. */
  margin?: Interval
  /** Of what the intervals leave open, the share in which the first stays first under the given weights, 0..1; with `margin`. */
  ahead?: number
  /** The strongest first. */
  drivers: readonly Driver[]
  /** Nearest first. */
  flips: readonly Flip[]
  /** What was weighed and not measured for an option in the ranking. */
  notMeasured: readonly { option: string; criterion: Criterion }[]
  /** With the team's opinions counted in; undefined where it has none. */
  withOpinions?: { opinions: readonly Opinion[]; first: string; margin: number }
}

/**
 * Advice on which option to take. Pure: the same evidence and answers give the same advice. Throws `RangeError` for weights that
 * are no weights, for options that are there twice and for an opinion on an option that is not there.
 */
export function decide(
  evidence: Evidence,
  answers: Answers = {},
  criteria: readonly Criterion[] = defaultCriteria,
): Advice {
  const { options } = evidence
  const { constraints: limits = {}, opinions = [] } = answers
  if (new Set(options).size < options.length) throw new RangeError('An option is there twice.')
  const stranger = opinions.find(({ favours }) => !options.includes(favours))
  if (stranger) {
    throw new RangeError(`An opinion favours ${stranger.favours}; the options are ${options.join(', ')}.`)
  }
  const weights = normalised(answers.weights ?? equalWeights)
  const constraints = options.flatMap((option) => checkConstraints(evidence, option, limits))
  const isOut = (option: string) =>
    constraints.some((check) => check.option === option && check.verdict === 'fails')
  const scored = options
    .filter((option) => !isOut(option))
    .map((option) => scoreOption(evidence, option, criteria))
    .toSorted((a, b) => totalOf(b, weights) - totalOf(a, weights))
  const compared = besideEachOther(scored)
  const shares = winShares(compared)
  const ranking = scored.map((scores, index) => toStanding(scores, weights, shares[index] ?? 0))
  const [first, second] = scored
  const margin = marginOf(besideEachOther(scored.slice(0, 2)), weights)
  const ahead = margin && winShares(compared, weights)[0]
  const advice = {
    weights,
    ranking,
    constraints,
    ...(margin && { margin }),
    ...(ahead !== undefined && { ahead }),
    drivers: first && second ? findDrivers(first, second, weights) : [],
    flips: first ? findFlips(first, scored.slice(1), weights) : [],
    notMeasured: scored.flatMap(({ option, criteria: all }) =>
      all.flatMap(({ criterion, measurement }) =>
        measurement || weights[criterion.family] === 0 ? [] : { option, criterion },
      ),
    ),
  }
  return {
    ...judge(ranking, { margin, ahead }, constraints),
    ...advice,
    ...(opinions.length > 0 && first && { withOpinions: countOpinions(ranking, opinions) }),
  }
}

function toStanding(scores: OptionScores, weights: Weights, winShare: number): Standing {
  const { option, criteria } = scores
  const notMeasured = families.reduce((sum, family) => {
    const own = criteria.filter(({ criterion }) => criterion.family === family)
    const metrics = new Set(own.map(({ criterion }) => criterion.metric))
    const missing = new Set(
      own.flatMap(({ criterion, measurement }) => (measurement ? [] : criterion.metric)),
    )
    return sum + weights[family] * (metrics.size === 0 ? 1 : missing.size / metrics.size)
  }, 0)
  return { option, score: scoreUnder(scores, weights), families: scores.families, winShare, notMeasured }
}

function marginOf([first, second]: readonly OptionScores[], weights: Weights): Interval | undefined {
  if (first === undefined || second === undefined) return undefined
  const [one, other] = [scoreUnder(first, weights), scoreUnder(second, weights)]
  return { low: one.low - other.high, mid: one.mid - other.mid, high: one.high - other.low }
}

function scoreUnder({ families: scores }: OptionScores, weights: Weights): Interval {
  return weighted(families.map((family) => [scores[family], weights[family]]))
}

/** What each metric adds to the lead: its score's difference by the weight it has in its family. */
function findDrivers(first: OptionScores, second: OptionScores, weights: Weights): Driver[] {
  const drivers = first.criteria.flatMap(({ criterion, measurement, score }, index): Driver[] => {
    const other = second.criteria[index]
    if (measurement === undefined || other?.measurement === undefined) return []
    const family = first.criteria.filter((one) => one.criterion.family === criterion.family)
    const sameMetric = family.filter((one) => one.criterion.metric === criterion.metric).length
    const metrics = new Set(family.map((one) => one.criterion.metric)).size
    const contribution = ((score.mid - other.score.mid) * weights[criterion.family]) / metrics / sameMetric
    return [{ criterion, contribution, first: measurement, second: other.measurement }]
  })
  return drivers
    .filter(({ contribution }) => contribution !== 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
}

function judge(
  ranking: readonly Standing[],
  { margin, ahead = 0 }: { margin: Interval | undefined; ahead: number | undefined },
  constraints: readonly ConstraintCheck[],
): Pick<Advice, 'verdict' | 'reason'> {
  const [first, second] = ranking
  if (first === undefined) return { verdict: 'none fits', reason: 'Every option breaks a constraint.' }
  const unsaid = constraints.filter(({ option, verdict }) => option === first.option && verdict === 'unknown')
  const rest = Math.max(first.notMeasured, second?.notMeasured ?? 0)
  if (second !== undefined && rest > verdictLimits.notMeasured) {
    return {
      verdict: 'not enough evidence',
      reason: `${asPercent(rest)} of what was weighed was not measured; at most ${asPercent(verdictLimits.notMeasured)} may be.`,
    }
  }
  if (unsaid.length > 0) {
    return {
      verdict: 'not enough evidence',
      reason: `Nothing that was measured says whether ${first.option} meets: ${unsaid.map(({ constraint }) => constraint).join('; ')}.`,
    }
  }
  if (second === undefined || margin === undefined) {
    return { verdict: 'recommend', reason: `${first.option} is the only option that meets every constraint.` }
  }
  if (margin.mid < verdictLimits.margin) {
    return {
      verdict: 'too close',
      reason: `The lead of ${margin.mid.toFixed(3)} is under ${verdictLimits.margin}: choose by what your team knows.`,
    }
  }
  if (margin.low > 0) {
    return {
      verdict: 'recommend',
      reason: 'Nothing within the intervals, measured or not, could turn it under these weights.',
    }
  }
  const share = ahead > 0.99 ? 'over 99 %' : asPercent(ahead)
  const open = `in ${share} of what the figures leave open`
  return ahead >= verdictLimits.ahead
    ? { verdict: 'lean', reason: `It leads by these weights ${open}, but what is not known could turn it.` }
    : { verdict: 'too close', reason: `It leads by these weights, but only ${open}.` }
}

function countOpinions(
  ranking: readonly Standing[],
  opinions: readonly Opinion[],
): NonNullable<Advice['withOpinions']> {
  const totals = withOpinions(new Map(ranking.map(({ option, score }) => [option, score.mid])), opinions)
  const [[first, best] = ['', 0], [, next] = ['', 0]] = [...totals].toSorted(([, a], [, b]) => b - a)
  return { opinions, first, margin: best - next }
}

function asPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
