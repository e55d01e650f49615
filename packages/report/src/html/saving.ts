import type { CacheImpact } from '../cache-impact.ts'
import { captions } from '../captions.ts'
import { savingCurveCells } from '../cells/saving-curve.ts'
import { stampedeCells } from '../cells/stampede.ts'
import { figure } from './charts/render-chart.ts'
import { savingCurveChart, savingCurveLegend } from './charts/saving-curve.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** Saved cost against repeat rate. */
export async function curveSection(
  curve: CacheImpact['curve'],
  entrants: readonly string[],
): Promise<Markup> {
  return markup`<section id="curve">
<h3>Saved cost by repeat rate</h3>
${
  curve?.length
    ? markup`${await figure((room) => savingCurveChart(curve, { entrants, room }), {
        id: 'chart-curve',
        label: 'Line chart: share of the cost that is saved against the share of requests that repeat',
        caption: `${captions.curve} Lines that lie on one another are drawn wide under narrow.`,
        legend: savingCurveLegend(curve, entrants),
      })}
<details><summary>The figures</summary>
${table(savingCurveCells(curve), { caption: markup`Cost saved at each repeat rate. ${provenanceLabel('priced')}`, rightFrom: 0 })}
</details>`
    : notMeasured('cache-impact')
}
</section>`
}

/** Identical requests at once. */
export function stampedeSection(rows: CacheImpact['stampede'] | undefined): Markup {
  return markup`<section id="stampede">
<h3>Stampede</h3>
${
  rows?.length
    ? table(stampedeCells(rows), {
        caption: captions.stampede,
        rightFrom: 1,
      })
    : notMeasured('cache-impact')
}
</section>`
}
