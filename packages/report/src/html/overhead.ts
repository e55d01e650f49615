import { captions } from '../captions.ts'
import { overheadCells } from '../cells/overhead.ts'
import { settingCells } from '../cells/overhead-setting.ts'
import { speedLimitCells } from '../cells/speed-limits.ts'
import { stageCostCells } from '../cells/stage-costs.ts'
import { streamingCells } from '../cells/streaming.ts'
import type { Guardrails } from '../guardrails.ts'
import type { Overhead, Report } from '../report.ts'
import type { Streaming } from '../streaming.ts'
import { hasComparedRows, overheadChart, overheadLegend } from './charts/overhead.ts'
import { figure } from './charts/render-chart.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What each layer costs per call. */
export async function overheadSection(overhead: Overhead | undefined): Promise<Markup> {
  return overhead ? measured(overhead) : notMeasured('overhead')
}

async function measured(overhead: Overhead): Promise<Markup> {
  const { rows } = overhead
  return markup`<p>${captions.overhead(overhead)}</p>
${
  hasComparedRows(rows)
    ? await figure((room) => overheadChart(rows, room), {
        id: 'chart-overhead',
        label: 'Chart: CPU time per call of every row divided by that of the bare SDK, with 95 % intervals',
        caption:
          'CPU time per call beside the bare SDK. Measured; an interval that spans the SDK against itself shows no difference.',
        legend: overheadLegend,
      })
    : ''
}
${table([['row', 'CPU us per call', 'ratio to the SDK', 'verdict'], ...overheadCells(rows)], { caption: markup`CPU time per call. ${provenanceLabel('measured')}`, rightFrom: 1 })}
${(overhead.settings ?? []).map(
  (setting) => markup`<h3>${setting.name}</h3>
<p>${captions.overheadSetting(setting)}</p>
${table(settingCells(setting), { caption: markup`CPU time per call, ${setting.name}. ${provenanceLabel('measured')}`, rightFrom: 3 })}`,
)}`
}

/** What the builds may cost beside what they stand on. */
export function speedSection(report: Report): Markup {
  const stages = stageCostCells(report)
  return markup`<p>${captions.speed}</p>
${table(speedLimitCells(report), { caption: markup`Measured beside the most that is allowed. ${provenanceLabel('measured')}`, rightFrom: 1 })}
${stages.length === 0 ? '' : table(stages, { caption: markup`${captions.stages} ${provenanceLabel('measured')}`, rightFrom: 1 })}`
}

/** What it does to the first token and to each chunk. */
export function streamingSection(
  streaming: Streaming | undefined,
  guardrails: Pick<Guardrails, 'holds'> = {},
): Markup {
  if (streaming === undefined) return notMeasured('streaming')
  return markup`<p>${captions.streaming(streaming)}</p>
<p>${captions.streamingHold(guardrails)} <a href="#guardrails">Other policies</a>.</p>
${table(streamingCells(streaming), { caption: markup`First chunk, CPU per chunk, memory. ${provenanceLabel('measured')}`, rightFrom: 1 })}`
}
