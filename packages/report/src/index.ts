export { beforeAfterCells } from './cells/before-after.ts'
export { cacheImpactCells } from './cells/cache-impact.ts'
export { frozenCells, speedCells, speedTitle } from './cells/cache-speed.ts'
export { changeCostCells } from './cells/change-cost.ts'
export { faultCells } from './cells/faults.ts'
export { gatewayCells } from './cells/gateway.ts'
export { footprintCells, footprintGaps } from './cells/footprint.ts'
export {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from './cells/guardrails.ts'
export { millionCells, percentileCells, percentileSources, recordingCells } from './cells/metrics.ts'
export { matchingCells } from './cells/matching.ts'
export { storeCells } from './cells/stores.ts'
export { overheadCells } from './cells/overhead.ts'
export { settingCells } from './cells/overhead-setting.ts'
export { speedLimitCells } from './cells/speed-limits.ts'
export { streamingCells } from './cells/streaming.ts'
export { toEvidence } from './evidence.ts'
export { speedLimitRows } from './speed-limits.ts'
export { linesOf } from './footprint.ts'
export { headline, headlineText } from './headline.ts'
export { toHtml } from './html/to-html.ts'
export { toMarkdown } from './markdown/to-markdown.ts'
export { parseReport } from './parse-report.ts'
export { reportSchema } from './report-schema.ts'

export type {
  CacheImpact,
  CacheSetting,
  LatencyModel,
  LatencyRow,
  SavingPoint,
  SettingRow,
  MatchingRow,
  StampedeRow,
  StoreRow,
  TraceFacts,
  TraceImpact,
} from './cache-impact.ts'
export type { CacheSpeed, FrozenRow, SpeedComparison, SpeedRow } from './cache-speed.ts'
export type { ChangeCost, ChangeCostRow } from './change-cost.ts'
export type { FaultFacts, FaultRow, Faults } from './faults.ts'
export type { Bundle, Footprint, FootprintRow, SourceFile, Spread } from './footprint.ts'
export type { GatewayLoad, GatewayResult, GatewayRow } from './gateway.ts'
export type {
  GuardrailGrowth,
  GuardrailHold,
  GuardrailRow,
  ShareCount,
  Guardrails,
  GuardrailTiming,
} from './guardrails.ts'
export type { MetricsCost, MillionRow, PercentileRow, RecordingRow } from './metrics.ts'
export type { EvidenceOptions } from './evidence.ts'
export type { Headline } from './headline.ts'
export type { OverheadSetting, OverheadSettingRow } from './overhead-setting.ts'
export type { SpeedLimitRow } from './speed-limits.ts'
export type { ShowOptions } from './markdown/to-markdown.ts'
export type { PairedDifference, Streaming, StreamingRow } from './streaming.ts'
export type { ParseReportOptions } from './parse-report.ts'
export type { JsonSchema } from './report-schema.ts'
export type {
  ClauseFacts,
  EntrantOutcomes,
  Environment,
  Overhead,
  OverheadRow,
  PairedRatio,
  Report,
  Reproduction,
} from './report.ts'
