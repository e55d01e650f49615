import { expect, test } from 'vitest'

import { fullReport } from '../../__fixtures__/report.ts'
import { hitRateChart } from './hit-rate.ts'
import { latencyChart } from './latency.ts'
import { overheadChart } from './overhead.ts'
import { figure } from './render-chart.ts'
import type { Chart, ChartRoom } from './chart.ts'

const { cacheImpact, overhead } = fullReport()
const traces = cacheImpact?.traces ?? []

async function drawingOf(draw: (room: ChartRoom) => Chart): Promise<string> {
  const { html } = await figure(draw, { id: 'chart', label: 'A chart', caption: '', legend: [] })
  return html.slice(0, html.indexOf('<div class="drawing narrow">'))
}

test('only a bar with wrong answers ends in a dashed one', async () => {
  const entrants = ['scratch', 'langchain', 'scratch-first-day', 'langchain-stock']
  const html = await drawingOf((room) => hitRateChart(traces, { entrants, room }))
  const wrong = traces.flatMap(({ settings }) => settings).filter(({ wrongAnswers }) => wrongAnswers > 0)
  // Both settings of one entrant on the first trace, one on the second; a bar is of the fullest setting.
  expect(wrong.map(({ entrant }) => entrant)).toEqual(Array(3).fill('scratch-first-day'))
  expect(html.match(/stroke="var\(--fail\)"/g)).toHaveLength(traces.length)
})

test('a scale that an entrant was not run at says so, and only there', async () => {
  const [trace] = traces
  if (trace === undefined) throw new Error('The fixture has no trace.')
  expect(await drawingOf((room) => latencyChart(trace, room))).not.toContain('not run')
  const latency = trace.latency.filter(({ entrant, scale }) => entrant !== 'langchain-stock' || scale === 1)
  const html = await drawingOf((room) => latencyChart({ ...trace, latency }, room))
  expect(html.match(/>not run</g)).toHaveLength(2)
})

test('the axis of the overhead begins at nothing', async () => {
  const html = await drawingOf((room) => overheadChart(overhead?.rows ?? [], room))
  expect(html).toContain('>0 x<')
})
