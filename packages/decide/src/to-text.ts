import { families } from './criteria.ts'
import type { Advice } from './decide.ts'
import type { Evidence } from './evidence.ts'
import {
  describeDriver,
  describeOrigin,
  describeSource,
  headlineOf,
  percent,
  showMeasurement,
  signed,
  thirdAnswer,
} from './words.ts'

/** How many drivers are told one by one. */
const shownDrivers = 5

/** The advice for a terminal: plain text, one thought a line; with the evidence, also which runs it rests on. */
export function adviceToText(advice: Advice, evidence?: Evidence): string {
  const sections = [
    [headlineOf(advice), advice.reason],
    weightsOf(advice),
    constraintsOf(advice),
    rankingOf(advice),
    driversOf(advice),
    givenUp(advice),
    flipsOf(advice),
    missing(advice),
    opinionsOf(advice),
    [thirdAnswer],
    evidence?.sources?.length
      ? ['What it rests on', ...evidence.sources.map((source) => `  ${describeSource(source)}`)]
      : [],
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function weightsOf({ weights }: Advice): string[] {
  return [`Weights: ${families.map((family) => `${family} ${weights[family].toFixed(2)}`).join(', ')}.`]
}

function constraintsOf({ constraints }: Advice): string[] {
  if (constraints.length === 0) return []
  return [
    'Constraints',
    ...constraints.map(({ option, constraint, verdict, measurement, found }) => {
      const evidence = measurement ? `: ${showMeasurement(measurement)} (${describeOrigin(measurement)})` : ''
      return `  ${verdict.padEnd(7)}  ${option}, ${constraint}${evidence || (found ? `: found ${found}` : '')}`
    }),
  ]
}

function rankingOf({ ranking }: Advice): string[] {
  if (ranking.length === 0) return []
  return [
    'Scores, 0 to 1, with what they could be',
    ...ranking.map(
      ({ option, score, families: own, winShare }) =>
        `  ${option.padEnd(12)} ${score.mid.toFixed(2)} [${score.low.toFixed(2)}, ${score.high.toFixed(2)}]  ` +
        `first under ${percent(winShare)} of random weights  ` +
        families.map((family) => `${family} ${own[family].mid.toFixed(2)}`).join(', '),
    ),
  ]
}

function driversOf({ drivers }: Advice): string[] {
  if (drivers.length === 0) return []
  return [
    'What decides it: what each adds to the lead',
    ...drivers.slice(0, shownDrivers).map((driver) => `  ${describeDriver(driver)}`),
  ]
}

function givenUp({ drivers, ranking }: Advice): string[] {
  const against = drivers.filter(({ contribution }) => contribution < 0)
  const [first] = ranking
  if (first === undefined || against.length === 0) return []
  return [
    `What you give up with ${first.option}`,
    ...against.slice(0, 3).map((driver) => `  ${describeDriver(driver)}`),
  ]
}

function flipsOf({ flips, ranking }: Advice): string[] {
  if (ranking.length < 2) return []
  if (flips.length === 0) return ['No change of one weight alone turns it.']
  return [
    'What would turn it: one weight changed, the others in proportion',
    ...flips.map(
      ({ family, from, to, turnsTo }) =>
        `  ${family} ${from.toFixed(2)} -> ${to.toFixed(2)} turns it to ${turnsTo}`,
    ),
  ]
}

function missing({ notMeasured }: Advice): string[] {
  if (notMeasured.length === 0) return []
  const byMetric = Map.groupBy(notMeasured, ({ criterion }) => criterion)
  return [
    'Not measured, so anything from worst to best',
    ...[...byMetric].map(
      ([{ what, family, measuredBy }, gaps]) =>
        `  ${what} (${family}; ${gaps.map(({ option }) => option).join(', ')}): ${measuredBy}`,
    ),
  ]
}

function opinionsOf({ withOpinions }: Advice): string[] {
  if (withOpinions === undefined) return []
  const { opinions, first, margin } = withOpinions
  return [
    'Your own opinions, which nobody has measured',
    ...opinions.map(({ about, favours, strength }) => `  ${about}: ${favours} (${strength} of 3)`),
    `  With them counted in for a fifth of each score ${first} is first, by ${signed(margin)}.`,
  ]
}
