import {
  defaultCriteria,
  describeOrigin,
  describeSource,
  families,
  headlineOf,
  percent,
  showMeasurement,
  signed,
  thirdAnswer,
  type Advice,
  type Driver,
  type Evidence,
  type Interval,
  type Standing,
} from '@plumbline/decide'

import { nothing } from '../../figures.ts'
import { markup, type Markup } from '../markup.ts'
import { table } from '../table.ts'

/** How many losses are told one by one. */
const shownLosses = 3

/** The advice as the page shows it: the verdict, then what it rests on. Drawn in the reader's browser as in Node. */
export function adviceMarkup(advice: Advice, evidence: Evidence): Markup {
  return markup`${verdict(advice)}
${scores(advice)}
${constraints(advice)}
${drivers(advice)}
${givenUp(advice)}
${flips(advice)}
${opinions(advice)}
${notMeasured(advice)}
<h3>The third answer</h3>
<p>${thirdAnswer}</p>
${allFigures(evidence)}`
}

function verdict(advice: Advice): Markup {
  return markup`<div class="verdict ${advice.verdict.replaceAll(' ', '-')}">
<p class="said">${headlineOf(advice)}</p>
<p>${advice.reason}</p>
</div>`
}

function scores({ ranking }: Advice): Markup | undefined {
  if (ranking.length === 0) return undefined
  const rows = ranking.map(({ option, score, winShare, notMeasured: share }: Standing) => [
    option,
    bar(score),
    score.mid.toFixed(2),
    `${score.low.toFixed(2)} to ${score.high.toFixed(2)}`,
    percent(winShare),
    percent(share),
  ])
  const byFamily = ranking.map(({ option, families: own }) => [
    option,
    ...families.map((family) => own[family].mid.toFixed(2)),
  ])
  return markup`<h3>Scores</h3>
${table(
  [
    [
      'option',
      'range',
      'score, 0 to 1',
      'could be',
      'first in so many of all weightings',
      'share of your weight with no figure',
    ],
    ...rows,
  ],
  {
    caption:
      'Each family scores 0 to 1 by fixed anchors, then your weights count. What was not measured could be anything, which is the width of the bar.',
    rightFrom: 2,
  },
)}
${table([['option', ...families], ...byFamily], { caption: 'The same by family, before your weights.', rightFrom: 1 })}`
}

/** From the worst to the best that it could be, with the score in it; the columns beside it say the same. */
function bar({ low, mid, high }: Interval): Markup {
  const at = (score: number) => `${(score * 100).toFixed(1)}%`
  return markup`<span class="range" aria-hidden="true"><span style="left:${at(low)};width:${at(high - low)}"></span><b style="left:${at(mid)}"></b></span>`
}

function constraints({ constraints: checks }: Advice): Markup | undefined {
  if (checks.length === 0) return undefined
  return markup`<h3>Hard constraints</h3>
${table(
  [
    ['option', 'constraint', 'it', 'found'],
    ...checks.map(({ option, constraint, verdict: found, measurement, found: other }) => [
      option,
      constraint,
      found === 'fails' ? markup`<span class="fail">fails</span>` : found,
      measurement ? `${showMeasurement(measurement)} (${describeOrigin(measurement)})` : (other ?? nothing),
    ]),
  ],
  { caption: 'One that fails takes the option out, whatever it scores. Unknown is no pass.' },
)}`
}

function drivers({ drivers: all, ranking: [first, second] }: Advice): Markup | undefined {
  if (first === undefined || second === undefined || all.length === 0) return undefined
  return markup`<h3>What decides it</h3>
${driverTable(all, first, second, `What each adds to the lead of ${first.option}, the strongest first: + speaks for ${first.option}, − for ${second.option}.`)}`
}

function givenUp({ drivers: all, ranking: [first, second] }: Advice): Markup | undefined {
  const against = all.filter(({ contribution }) => contribution < 0).slice(0, shownLosses)
  if (first === undefined || second === undefined || against.length === 0) return undefined
  return markup`<h3>What you give up with ${first.option}</h3>
<ul>${against.map(({ criterion: { what, unit }, first: ours, second: theirs }) => markup`<li>${what}: ${showMeasurement(ours, unit)}, where ${second.option} has ${showMeasurement(theirs, unit)}</li>`)}</ul>`
}

function driverTable(rows: readonly Driver[], first: Standing, second: Standing, caption: string): Markup {
  return table(
    [
      ['adds', 'what', 'family', first.option, second.option],
      ...rows.map(({ contribution, criterion, first: ours, second: theirs }) => [
        signed(contribution),
        markup`${criterion.what} <span class="origin">${describeOrigin(ours)}</span>`,
        criterion.family,
        showMeasurement(ours, criterion.unit),
        showMeasurement(theirs, criterion.unit),
      ]),
    ],
    { caption },
  )
}

function flips({ flips: all, ranking }: Advice): Markup | undefined {
  if (ranking.length < 2) return undefined
  return markup`<h3>What would turn it</h3>
${
  all.length === 0
    ? markup`<p>No change of one weight alone turns it.</p>`
    : markup`<p>One weight changed, the others in proportion; the nearest first.</p>
<ul>${all.map(({ family, from, to, turnsTo }) => markup`<li>${family} ${percent(from)} to <b>${percent(to)}</b> of all weights turns it to ${turnsTo}</li>`)}</ul>`
}`
}

function opinions({ withOpinions }: Advice): Markup | undefined {
  if (withOpinions === undefined) return undefined
  const { opinions: all, first, margin } = withOpinions
  return markup`<h3>Your own opinions</h3>
<p>Nobody has measured them, so they change no verdict. With them counted in for a fifth of each score, ${first} is first, by ${signed(margin)}.</p>
<ul>${all.map(({ about, favours, strength }) => markup`<li>${about}: favours ${favours}, ${strength} of 3</li>`)}</ul>`
}

function notMeasured({ notMeasured: gaps }: Advice): Markup | undefined {
  if (gaps.length === 0) return undefined
  const byCriterion = [...Map.groupBy(gaps, ({ criterion }) => criterion)]
  return markup`<details><summary>Not measured: ${byCriterion.length} of ${defaultCriteria.length} criteria</summary>
${table(
  [
    ['what', 'family', 'of', 'what would measure it'],
    ...byCriterion.map(([{ what, family, measuredBy }, of]) => [
      what,
      family,
      of.map(({ option }) => option).join(', '),
      markup`<code>${measuredBy}</code>`,
    ]),
  ],
  { caption: 'Each counts as anything from worst to best, never as nothing.' },
)}</details>`
}

/** Every figure that may count, also those in which the options are alike, with the anchors that it is scored by. */
function allFigures({ options, measurements, sources = [] }: Evidence): Markup {
  const rows = defaultCriteria.map(({ metric, what, family, unit, zero, full, scale }) => [
    what,
    family,
    ...options.map((option) => {
      const found = measurements.find((one) => one.metric === metric && one.option === option)
      return found ? showMeasurement(found, unit) : 'not measured'
    }),
    `${zero} to ${full} ${unit}, ${scale}`,
  ])
  return markup`<details><summary>Every criterion, its figures and anchors</summary>
${table([['what', 'family', ...options, 'scores 0 to 1 from … to'], ...rows], { caption: 'The raw figures, whatever the weights.' })}
</details>
<details><summary>Which runs it rests on</summary>
<ul>${sources.map((source) => markup`<li>${describeSource(source)}</li>`)}</ul>
</details>`
}
