import { families } from './criteria.ts'
import type { Advice } from './decide.ts'
import type { Evidence } from './evidence.ts'
import { describeDriver, headlineOf, percent, showMeasurement, thirdAnswer } from './words.ts'

/** What the record needs beside the advice. */
export interface AdrOptions {
  /** The day of the decision, `YYYY-MM-DD`. */
  date: string
  evidence: Evidence
}

/** A decision record in Markdown, in the form of MADR 4.0 (adr.github.io/madr, read 2026-11-24). */
export function adviceToAdr(advice: Advice, { date, evidence }: AdrOptions): string {
  const { ranking, drivers, flips, constraints, weights, notMeasured, withOpinions } = advice
  const [first, second] = ranking
  const chosen = advice.verdict === 'recommend' || advice.verdict === 'lean' ? first?.option : undefined
  const speaking = (sign: 1 | -1) => drivers.filter(({ contribution }) => contribution * sign > 0).slice(0, 5)
  const [nearest] = flips
  return `${[
    `---\nstatus: proposed\ndate: ${date}\n---`,
    '# Build the LLM pipeline on a framework or from scratch',
    '## Context and Problem Statement',
    'We need a production pipeline round our model calls: metrics and cost, guardrails, caches, health. It exists twice to one contract, ' +
      `on the bare SDK and on LangChain.js. Which one do we own? The evidence is ${describeEvidence(evidence)}.`,
    '## Decision Drivers',
    list(families.map((family) => `${family}, weight ${weights[family].toFixed(2)}`)),
    ...(constraints.length === 0
      ? []
      : [
          '### Constraints',
          list(
            constraints.map(({ option, constraint, verdict, measurement, found }) => {
              const evidenceOf = measurement ? `: ${showMeasurement(measurement)}` : found ? `: ${found}` : ''
              return `${option}, ${constraint}: ${verdict}${evidenceOf}`
            }),
          ),
        ]),
    '## Considered Options',
    list(evidence.options),
    '## Decision Outcome',
    chosen === undefined
      ? `No option is chosen by the evidence. ${headlineOf(advice)} ${advice.reason}`
      : `Chosen option: "${chosen}". ${headlineOf(advice)} ${advice.reason}`,
    thirdAnswer,
    '### Consequences',
    list([
      ...speaking(1).map((driver) => `Good: ${describeDriver(driver)}`),
      ...speaking(-1).map((driver) => `Bad: ${describeDriver(driver)}`),
    ]),
    '### Confirmation',
    list([
      ...(nearest && second
        ? [
            `Revisit when ${nearest.family} weighs ${nearest.to.toFixed(2)} rather than ${nearest.from.toFixed(2)} for you: ` +
              `it then turns to ${nearest.turnsTo}.`,
          ]
        : []),
      ...(first
        ? [
            `Revisit when a constraint changes, or when \`plumbline bench\` on new versions moves a figure above.`,
          ]
        : []),
      ...(first ? [`Under random weights ${first.option} is first in ${percent(first.winShare)}.`] : []),
    ]),
    ...(notMeasured.length === 0
      ? []
      : [
          '### Not measured',
          list(
            notMeasured.map(
              ({ option, criterion }) => `${criterion.what}, ${option}: ${criterion.measuredBy}`,
            ),
          ),
        ]),
    ...(withOpinions === undefined
      ? []
      : [
          '## Opinions of the team',
          'Kept apart from the evidence: nobody has measured them.',
          list(
            withOpinions.opinions.map(
              ({ about, favours, strength }) => `${about}: favours ${favours}, ${strength} of 3`,
            ),
          ),
          `With them counted in for a fifth of each score ${withOpinions.first} is first.`,
        ]),
  ].join('\n\n')}\n`
}

function describeEvidence({ commit, measuredAt }: Evidence): string {
  if (measuredAt === undefined) return 'the report of `plumbline bench`'
  return `the report of \`plumbline bench\` of ${measuredAt.slice(0, 10)}${commit ? `, commit ${commit.slice(0, 7)}` : ''}`
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? 'None was measured.' : lines.map((line) => `* ${line}`).join('\n')
}
