import {
  beforeAfterCells,
  matchingCells,
  storeCells,
  cacheImpactCells,
  changeCostCells,
  faultCells,
  frozenCells,
  footprintCells,
  footprintGaps,
  gatewayCells,
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailScoreCells,
  guardrailTimingCells,
  millionCells,
  overheadCells,
  percentileCells,
  percentileSources,
  recordingCells,
  settingCells,
  speedCells,
  speedTitle,
  speedLimitCells,
  streamingCells,
  type GatewayResult,
  type CacheSpeed,
  type Guardrails,
  type MetricsCost,
  type TraceImpact,
  type Report,
} from '@plumbline/report'

import { textTable } from '../text-table.ts'

/** The tables of a run, for the terminal. */
export function benchTables(report: Report): string {
  const {
    cacheImpact,
    faults,
    overhead,
    streaming,
    footprint,
    changeCost,
    guardrails,
    metrics,
    gateway,
    cacheSpeed,
  } = report
  const parts = cacheImpact?.traces.flatMap(traceTables) ?? []
  if (cacheImpact?.matching?.length)
    parts.push(
      `Matching on labelled pairs\n\n${textTable(matchingCells(cacheImpact.matching), [2, 3, 4, 5])}`,
    )
  if (faults)
    parts.push(
      `Faults: how a call ended at defaults, requests at the provider, time\n\n${textTable(faultCells(faults))}`,
    )
  if (overhead) {
    const rows = [['row', 'CPU us per call', 'ratio to the SDK', ''], ...overheadCells(overhead.rows)]
    parts.push(`Overhead (measured): loopback HTTP, one at a time\n\n${textTable(rows, [1])}`)
    for (const setting of overhead.settings ?? [])
      parts.push(`Overhead (measured): ${setting.name}\n\n${textTable(settingCells(setting), [1])}`)
  }
  if (streaming) parts.push(`Streaming\n\n${textTable(streamingCells(streaming), [1, 2, 3, 4, 5])}`)
  if (footprint) {
    const figures = footprintCells(footprint)
    const right = figures[0]?.map((_, column) => column).slice(1) ?? []
    parts.push(`Footprint\n\n${textTable(figures, right)}\n\n${footprintGaps(footprint).join('\n')}`)
  }
  if (overhead ?? streaming ?? footprint)
    parts.push(`Speed (measured) beside its limits\n\n${textTable(speedLimitCells(report))}`)
  if (changeCost) {
    const lines = changeCostCells(changeCost)
    const right = lines[0]?.map((_, column) => column).slice(1) ?? []
    parts.push(`Change cost\n\n${textTable(lines, right)}`)
  }
  if (guardrails) parts.push(...guardrailTables(guardrails))
  if (metrics) parts.push(...metricsTables(metrics))
  if (gateway) parts.push(...gatewayTables(gateway))
  if (cacheSpeed) parts.push(...cacheSpeedTables(cacheSpeed))
  return `\n${parts.join('\n\n')}`
}

function gatewayTables(gateway: GatewayResult): string[] {
  return [
    ...gatewayCells(gateway).map(({ load, cells }) => {
      const right = cells[0]?.map((_, column) => column).slice(1) ?? []
      return `Gateway: ${load}\n\n${textTable(cells, right)}`
    }),
    ...gateway.notMeasured.map(({ what, measuredBy }) => `${what}: not measured (${measuredBy})`),
  ]
}

function guardrailTables(guardrails: Guardrails): string[] {
  const holds = guardrailHoldCells(guardrails)
  return [
    ...guardrailScoreCells(guardrails).map(
      ({ family, cells }) => `Guardrails: ${family}\n\n${textTable(cells, [1])}`,
    ),
    textTable(guardrailTimingCells(guardrails), [3, 4, 5, 6]),
    textTable(guardrailGrowthCells(guardrails), [1, 2, 3]),
    ...(holds ? [textTable(holds, [1])] : []),
    ...guardrailGaps(guardrails),
  ]
}

function metricsTables(metrics: MetricsCost): string[] {
  return [
    `Metrics (measured)\n\n${textTable(millionCells(metrics), [2, 3, 4, 5])}`,
    textTable(recordingCells(metrics), [1]),
    `Percentiles (counted)\n\n${textTable(percentileCells(metrics), [1, 2, 3, 4, 5, 6, 7, 8])}`,
    percentileSources(metrics).join('\n'),
  ]
}

function cacheSpeedTables(speed: CacheSpeed): string[] {
  const frozen = frozenCells(speed)
  return [
    ...speed.comparisons.map(
      (comparison) => `${speedTitle(comparison)}, measured\n\n${textTable(speedCells(comparison), [1, 3])}`,
    ),
    frozen ? textTable(frozen, [1, 2, 3, 4, 5]) : 'No Redis was there to be frozen.',
  ]
}

/** Before and after for each build, then every entrant on a line of its own. */
function traceTables(impact: TraceImpact): string[] {
  const { name, requests, cacheableShare } = impact.trace
  const builds = ['scratch', 'langchain'].filter((build) =>
    impact.settings.some(({ entrant }) => entrant === build),
  )
  return [
    `${name}: ${requests} requests, of which the default policy may cache ${(cacheableShare * 100).toFixed(0)} %`,
    ...builds.map((build) => `${build}\n\n${textTable(beforeAfterCells(impact, build), [1, 2, 3])}`),
    textTable(cacheImpactCells(impact), [2, 3, 4, 5, 6, 7, 8]),
    ...(impact.stores?.length ? [textTable(storeCells(impact), [3, 4, 5, 6, 7])] : []),
  ]
}
