import {
  decide,
  defaultCriteria,
  headlineOf,
  showMeasurement,
  type Criterion,
  type Evidence,
  type Measurement,
} from '@plumbline/decide'

import { headline } from '../headline.ts'
import { formatShareRange, shortHash } from '../figures.ts'
import type { Report } from '../report.ts'
import type { ShownTrace } from '../shown-traces.ts'
import { markup, type Markup, type MarkupValue } from './markup.ts'
import { table } from './table.ts'

/** What the first page compares, of all that is weighed: what somebody asks first. */
const asked = [
  'clauses-failed',
  'faults-typed',
  'caller-frame',
  'cpu-per-call',
  'packages',
  'install-size',
  'import-time',
  'bundle-size',
  'own-lines',
]

/** Where the figures of a metric are, by the beginning of its name. */
const pages: Record<string, string> = {
  conformance: 'conformance',
  faults: 'faults',
  overhead: 'overhead',
  footprint: 'footprint',
  changeCost: 'change-cost',
}

/** The answer in one screen: the verdict for equal weights, both builds side by side, and where each figure comes from. */
export function overview(report: Report, evidence: Evidence, traces: readonly ShownTrace[]): Markup {
  const { conformance, environment, startedAt } = report
  const advice = decide(evidence)
  const others = conformance.flatMap(({ name }) => (evidence.options.includes(name) ? [] : name))
  const saved = headline(traces.map(({ run }) => run))
  return markup`<p class="lead">One production LLM pipeline (metrics and cost, guardrails, caches, retries), built twice: <b>scratch</b> on the bare <code>openai</code> SDK, <b>langchain</b> on LangChain.js. Both are held to one contract; ${others.length > 0 ? `beside them stand ${others.join(', ')}, which show what one gets without the work` : 'nobody stands beside them'}.</p>
<div class="verdict ${advice.verdict.replaceAll(' ', '-')}">
<p class="said">${headlineOf(advice)}</p>
<p>${advice.reason} That is with all five families weighed alike. <a href="#decide">Weigh it for your team</a>.</p>
</div>
${table(
  [
    ['what', ...evidence.options, 'figures'],
    ...asked.flatMap((id) => comparedRow(evidence, id)),
    ...changesRow(evidence),
  ],
  {
    caption: markup`The two builds. <b>Bold</b>: the better of the two; neither where they are alike or their intervals meet. CPU per call: with the builds' defaults, and their own transport where the SDK uses Node's fetch; <a href="#speed">Speed</a> has every stage on, against what each build stands on.`,
  },
)}
${saved ? markup`<p>Their caches save <b>${formatShareRange(saved.savedShare)}</b> of the cost over ${saved.traces} kinds of traffic, alike in both builds: what repeats in yours decides (<a href="#cache-impact">cache impact</a>).</p>` : undefined}
<p class="quiet">Measured <time>${startedAt.slice(0, 16).replace('T', ' ')} UTC</time> on commit <code>${shortHash(environment.commit)}</code>${environment.dirty ? ' with local changes' : ''}. <a href="#doubts">Reasons to doubt this</a>.</p>`
}

function comparedRow(evidence: Evidence, id: string): MarkupValue[][] {
  const criterion = defaultCriteria.find((one) => one.id === id)
  if (criterion === undefined) return []
  const found = evidence.options.map((option) =>
    evidence.measurements.find((one) => one.metric === criterion.metric && one.option === option),
  )
  return [[criterion.what, ...cells(found, criterion), link(criterion.metric)]]
}

/** The lines of all changes that were made to every build, together. */
function changesRow({ options, measurements }: Evidence): MarkupValue[][] {
  const changes = defaultCriteria.filter(
    ({ metric }) =>
      metric.startsWith('changeCost.') &&
      options.every((option) => measurements.some((one) => one.metric === metric && one.option === option)),
  )
  const [criterion] = changes
  if (criterion === undefined) return []
  const metrics = new Set(changes.map(({ metric }) => metric))
  const sums = options.map((option) => {
    const found = measurements.filter((one) => one.option === option && metrics.has(one.metric))
    return found[0] && { ...found[0], value: found.reduce((sum, { value }) => sum + value, 0) }
  })
  const what = `lines for the next ${metrics.size} changes together (tools, retrieval, another provider …)`
  return [[what, ...cells(sums, criterion), link(criterion.metric)]]
}

function cells(found: readonly (Measurement | undefined)[], { unit, zero, full }: Criterion): MarkupValue[] {
  const isBetter = (one: Measurement, other: Measurement | undefined): boolean => {
    if (other === undefined) return false
    if (one === other) return true
    const { value, low = value, high = value } = one
    return full < zero ? high < (other.low ?? other.value) : low > (other.high ?? other.value)
  }
  return found.map((one) => {
    if (one === undefined) return 'not measured'
    const text = showMeasurement(one, unit)
    return markup`${found.every((other) => isBetter(one, other)) ? markup`<b>${text}</b>` : text}${one.stale ? markup` <span class="tag stale">stale</span>` : one.recorded ? markup` <span class="tag">recorded</span>` : undefined}`
  })
}

function link(metric: string): Markup {
  const page = pages[metric.split('.')[0] ?? ''] ?? 'method'
  return markup`<a href="#${page}">${page}</a>`
}
