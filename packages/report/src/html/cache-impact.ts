import { captions, describeSetup, describeTrace } from '../captions.ts'
import { beforeAfter } from '../cells/before-after.ts'
import { cacheImpactCells } from '../cells/cache-impact.ts'
import { hitRateCells } from '../cells/hit-rate.ts'
import { formatShare, formatShareRange, nothing } from '../figures.ts'
import { headline, type Headline } from '../headline.ts'
import { describeRun, type ShownTrace } from '../shown-traces.ts'
import { entrantsOf, fullestSetting } from '../trace-rows.ts'
import { costChart, settingLegend } from './charts/cost.ts'
import { hitRateChart, hitRateLegend } from './charts/hit-rate.ts'
import { figure } from './charts/render-chart.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** The headline, and how often each cache answered. */
export async function headlineSection(
  traces: readonly ShownTrace[],
  entrants: readonly string[],
): Promise<Markup> {
  const found = headline(traces.map(({ run }) => run))
  const impacts = traces.map(({ impact }) => impact)
  const hasCaches = impacts.some((impact) =>
    entrantsOf(impact).some((entrant) => fullestSetting(impact, entrant)),
  )
  if (traces.length === 0) return notMeasured('cache-impact')
  return markup`${found ? headlineBlock(found, traces) : markup`<p>No headline: it takes a trace that both builds replayed.</p>`}
${
  hasCaches
    ? markup`${await figure((room) => hitRateChart(impacts, { entrants, room }), {
        id: 'chart-hit-rate',
        label: 'Bar chart: hit rate by trace, for every entrant with caches',
        caption:
          'Hit rate by trace, all caches on. Counted at the simulated provider: chat requests answered without a call of their own. Dashed: of these, answers to another request or to another tenant, which are no saving.',
        legend: hitRateLegend(impacts, entrants),
      })}
<details><summary>The figures</summary>
${table(hitRateCells(impacts), { caption: markup`Hit rate by trace, all caches on. ${provenanceLabel('counted')}`, rightFrom: 1 })}
</details>`
    : ''
}`
}

function headlineBlock(
  { savedShare, cacheableShare, traces: count, of }: Headline,
  traces: readonly ShownTrace[],
): Markup {
  const stale = traces.filter((trace) => trace.stale).length
  const over = count === 1 ? 'on one trace' : `over ${count} traces`
  return markup`<div class="headline">
<p><strong>${formatShareRange(savedShare)}</strong><span>of the cost is saved by the caches, ${over}, in both builds</span></p>
<p><strong>${formatShareRange(cacheableShare)}</strong><span>of ${count === 1 ? 'its' : 'their'} requests may be cached by the default policy</span></p>
</div>
${stale > 0 ? markup`<p class="warning">${stale} of the traces ${stale === 1 ? 'is' : 'are'} stale: the sources have changed since.</p>` : ''}
${table(
  [
    ['trace', 'build', 'caches', 'cost saved', 'may be cached'],
    ...of.map(({ trace, entrant, setting, savedShare: saved, cacheableShare: cacheable }) => [
      trace,
      entrant,
      setting,
      formatShare(saved),
      formatShare(cacheable),
    ]),
  ],
  {
    caption: markup`What the range is over. ${provenanceLabel('priced')} The range is the headline, never the best trace.`,
    rightFrom: 3,
  },
)}`
}

/** One trace: what it is, what it cost, and the table of every entrant. */
export async function traceSection(shown: ShownTrace, index: number): Promise<Markup> {
  const { impact, cacheImpact, recorded, stale } = shown
  const [heading = [], ...rows] = cacheImpactCells(impact)
  return markup`<section id="trace-${index + 1}">
<h3>${impact.trace.name} ${recorded ? markup`<span class="tag">recorded</span>` : ''} ${stale ? markup`<span class="tag stale">stale</span>` : ''}</h3>
<p>${describeTrace(impact.trace)}</p>
<p class="quiet">${describeSetup(cacheImpact, impact.trace)} Source: ${describeRun(shown)}.</p>
${await figure((room) => costChart(impact, room), {
  id: `chart-cost-${index + 1}`,
  label: `Bar chart: cost per 1,000 requests of ${impact.trace.name}, by entrant, before and after its caches`,
  caption:
    'Cost per 1,000 requests, before and after. Priced: the calls at the simulated provider times dated price cards. A cache that serves wrong answers costs less than it should: see the table.',
  legend: settingLegend(impact),
})}
${table([heading, ...rows.map((row) => [...row.slice(0, -1), wrongCount(row.at(-1) ?? '')])], {
  caption: markup`All entrants. ${provenanceLabel('priced')} cost, ${provenanceLabel('counted')} hits, calls and wrong answers, ${provenanceLabel('modelled')} latency in real time at 1\u00a0x.`,
  rightFrom: 2,
})}
<p class="quiet">${captions.settings}</p>
<div class="entrants">${entrantsOf(impact).map((entrant, place) => entrantTable(shown, entrant, place < 2))}</div>
</section>`
}

function entrantTable({ impact }: ShownTrace, entrant: string, open: boolean): Markup {
  const { heading, rows } = beforeAfter(impact, entrant)
  const version = impact.settings.find((row) => row.entrant === entrant)?.version
  const cells = rows.map(({ metric, provenance, cells: found }) => [
    markup`${metric} ${provenanceLabel(provenance)}`,
    ...(metric === 'wrong answers' ? found.map(wrongCount) : found),
  ])
  return markup`<details${open ? markup` open` : ''}><summary>${entrant} <span class="quiet">${version}</span></summary>
${table([heading, ...cells], { caption: `${entrant} on ${impact.trace.name}`, rightFrom: 1 })}
</details>`
}

/** A count of wrong answers, which stands out where there are any. */
function wrongCount(count: string): Markup | string {
  return count === '0' || count === nothing ? count : markup`<span class="fail">${count}</span>`
}
