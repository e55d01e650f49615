import { captions, describePackages, wasBusy } from '../captions.ts'
import { gatewayCells } from '../cells/gateway.ts'
import { overheadCells } from '../cells/overhead.ts'
import { settingCells } from '../cells/overhead-setting.ts'
import { speedLimitCells } from '../cells/speed-limits.ts'
import { stageCostCells } from '../cells/stage-costs.ts'
import { streamingCells } from '../cells/streaming.ts'
import { shortHash } from '../figures.ts'
import type { Report } from '../report.ts'
import { cacheImpactSections } from './cache-impact.ts'
import { cacheSpeedSection } from './cache-speed.ts'
import { conformanceSection } from './conformance.ts'
import { faultsSection } from './faults.ts'
import { changeCostSection, footprintSection } from './footprint.ts'
import { guardrailsSection } from './guardrails.ts'
import { metricsSection } from './metrics.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** What `toMarkdown` and `toHtml` show beside the report itself. */
export interface ShowOptions {
  /** Earlier reports, in any order: traces that this report does not have are shown from them. Default none. */
  recorded?: readonly Report[]
}

/** The report as Markdown, every figure with what it was measured on. */
export function toMarkdown(report: Report, { recorded = [] }: ShowOptions = {}): string {
  return (
    [
      '# Plumbline report',
      environmentParagraph(report),
      ...cacheImpactSections(report, recorded),
      ...conformanceSection(report),
      '## Overhead',
      ...overheadSection(report),
      ...speedSection(report),
      ...streamingSection(report),
      ...faultsSection(report),
      ...guardrailsSection(report),
      ...metricsSection(report),
      ...cacheSpeedSection(report),
      ...footprintSection(report),
      ...changeCostSection(report),
      ...gatewaySection(report),
    ].join('\n\n') + '\n'
  )
}

function environmentParagraph({ environment, startedAt, endedAt }: Report): string {
  const { commit, dirty, lockfileHash, node, os, cores, cpu, loadAverage } = environment
  const busy = wasBusy(environment) ? ' **The machine was busy with other things.**' : ''
  return (
    `Measured ${startedAt} to ${endedAt} on commit \`${shortHash(commit)}\`${dirty ? ' with local changes' : ''}, ` +
    `lockfile \`${shortHash(lockfileHash)}\`, Node ${escapeText(`${node}, ${os}, ${cores} x ${cpu}`)}, ` +
    `load average ${loadAverage.toFixed(2)}.${busy} ${escapeText(describePackages(environment))}.`
  )
}

function overheadSection({ overhead }: Report): string[] {
  if (!overhead) return [notMeasured('overhead')]
  return [
    captions.overhead(overhead),
    markdownTable([
      ['row', 'CPU us per call', 'ratio to the SDK', 'verdict'],
      ...overheadCells(overhead.rows),
    ]),
    ...(overhead.settings ?? []).flatMap((setting) => [
      `### ${setting.name}`,
      captions.overheadSetting(setting),
      markdownTable(settingCells(setting)),
    ]),
  ]
}

function gatewaySection({ gateway }: Report): string[] {
  if (!gateway) return ['## Gateway', notMeasured('gateway')]
  return [
    '## Gateway',
    captions.gateway(gateway),
    ...gatewayCells(gateway).flatMap(({ load, cells }) => [`### Gateway: ${load}`, markdownTable(cells)]),
    ...gateway.notMeasured.map(({ what, measuredBy }) => `${what}: not measured (${measuredBy}).`),
  ]
}

/** Nothing where none of it was measured. */
function speedSection(report: Report): string[] {
  const { overhead, streaming, footprint } = report
  if (!overhead && !streaming && !footprint) return []
  const stages = stageCostCells(report)
  const byStage = stages.length === 0 ? [] : [captions.stages, markdownTable(stages, { rightFrom: 1 })]
  return ['## Speed', captions.speed, markdownTable(speedLimitCells(report)), ...byStage]
}

function streamingSection({ streaming, guardrails }: Report): string[] {
  if (!streaming) return ['## Streaming', notMeasured('streaming')]
  return [
    '## Streaming',
    captions.streaming(streaming),
    captions.streamingHold(guardrails ?? {}),
    markdownTable(streamingCells(streaming)),
  ]
}
