import type { Evidence, EvidenceLabel, EvidenceSource, Measurement } from '@plumbline/decide'

import type { TraceImpact } from './cache-impact.ts'
import { faultCounts } from './fault-counts.ts'
import { findSection, newestFirst, type FoundSection, type Runs } from './find-section.ts'
import { linesOf, type FootprintRow } from './footprint.ts'
import { newestTraces } from './newest-traces.ts'
import type { Report } from './report.ts'
import { fullestSetting, savedShare } from './trace-rows.ts'

/** The two builds, which the decision is between. */
const builds = ['scratch', 'langchain']

/** The sections that figures are taken from, as the report calls them. */
const sectionNames = {
  conformance: 'conformance',
  faults: 'faults',
  overhead: 'overhead',
  cacheImpact: 'cache-impact',
  footprint: 'footprint',
  changeCost: 'change-cost',
} as const satisfies Partial<Record<keyof Report, string>>

/** What `toEvidence` takes beside the report. */
export type EvidenceOptions = Partial<Omit<Runs, 'report'>>

/**
 * What a report says of the two builds, for `decide`; where it lacks a section, what the newest of the `recorded` runs says, with its day and
 * whether it is stale. What a quick run leaves out is so weighed all the same.
 */
export function toEvidence(
  report: Report | undefined,
  { recorded = [], inputsHash }: EvidenceOptions = {},
): Evidence {
  const runs: Runs = { report, recorded, ...(inputsHash !== undefined && { inputsHash }) }
  const [newest] = newestFirst(runs)
  const sources: EvidenceSource[] = []
  let run: Pick<Measurement, 'recorded' | 'stale'> = {}
  // What is added from here on is of the run that has the section.
  const find = <Name extends keyof typeof sectionNames>(section: Name): Report[Name] | undefined => {
    const found = findSection(runs, section)
    run = found ? runOf(found) : {}
    if (found) {
      const { recorded: isRecorded, stale, run: of } = found
      const { commit } = of.environment
      sources.push({
        name: sectionNames[section],
        commit,
        measuredAt: of.endedAt,
        recorded: isRecorded,
        stale,
      })
    }
    return found?.value
  }
  const measurements: Measurement[] = []
  function add(
    metric: string,
    option: string,
    figure: Omit<Measurement, 'metric' | 'option'> | undefined,
  ): void {
    if (figure && builds.includes(option)) measurements.push({ metric, option, ...run, ...figure })
  }

  for (const { name, outcomes } of find('conformance') ?? []) {
    const failed = outcomes.filter(({ outcome }) => outcome !== 'pass').length
    add('conformance.failed', name, { ...counted(failed, 'conformance'), of: outcomes.length })
    for (const { id, outcome } of outcomes) {
      add(`clause.${id}`, name, counted(outcome === 'pass' ? 1 : 0, `conformance, ${id}: ${outcome}`))
    }
  }
  const faults = find('faults')
  for (const count of faults ? faultCounts(faults) : []) {
    // Our builds were told nothing: what they do as they come.
    if (count.retries === '2 retries') continue
    const { entrant, successes, errorsWithCode, errorsWithoutCode, hangs, callerFrames } = count
    const errors = errorsWithCode + errorsWithoutCode
    const all = successes + errors + hangs
    add(
      'faults.callerFrame',
      entrant,
      errors === 0 ? undefined : { ...counted(callerFrames / errors, 'faults, errors'), of: errors },
    )
    add(
      'faults.typed',
      entrant,
      all === 0 ? undefined : { ...counted((successes + errorsWithCode) / all, 'faults'), of: all },
    )
  }
  for (const { name, toSdk } of find('overhead')?.rows ?? []) {
    const entrant = builds.find((build) => name === `${build}, defaults`)
    if (entrant === undefined || toSdk === undefined) continue
    const { ratio: value, low, high } = toSdk
    add('overhead.cpuRatio', entrant, { value, low, high, label: 'measured', source: `overhead, ${name}` })
  }
  if (find('cacheImpact')) {
    const inputs = inputsHash ?? newest?.environment.inputsHash
    const saved = builds.map((build) => [build, savedOver(newestFirst(runs), build, inputs)] as const)
    for (const [build, figure] of saved) add('cacheImpact.costSaved', build, figure)
    // The traces of several runs: as old as the oldest of them.
    const source = sources.find(({ name }) => name === sectionNames.cacheImpact)
    if (source && saved.some(([, figure]) => figure?.stale)) source.stale = true
  }
  const footprint = find('footprint')
  for (const row of footprint?.rows ?? []) {
    for (const [metric, figure] of Object.entries(footprintOf(row))) {
      add(`footprint.${metric}`, row.build ?? '', figure)
    }
  }
  for (const { change, build, linesAdded, linesRemoved, patch } of find('changeCost')?.rows ?? []) {
    add(`changeCost.${change}.lines`, build, counted(linesAdded + linesRemoved, `change-cost, ${patch}`))
  }

  const licences = new Map(footprint?.rows.map((row) => [row.build, row.licences]))
  return {
    options: builds,
    measurements,
    facts: Object.fromEntries(
      builds.map((build) => {
        const own = licences.get(build)
        return [build, { ...(own && { licences: own }), providers: ['openai-compatible'] }]
      }),
    ),
    ...(newest && { commit: newest.environment.commit, measuredAt: newest.endedAt }),
    ...(sources.length > 0 && { sources }),
  }
}

function runOf({ run, recorded, stale }: FoundSection<unknown>): Pick<Measurement, 'recorded' | 'stale'> {
  return { ...(recorded && { recorded: run.endedAt.slice(0, 10) }), ...(stale && { stale }) }
}

/** What the caches save of the cost: the middle of the traces, and their range as the interval. */
function savedOver(
  reports: readonly Report[],
  build: string,
  inputsHash: string | undefined,
): Omit<Measurement, 'metric' | 'option'> | undefined {
  const savedIn = (impact: TraceImpact): number | undefined => {
    const setting = fullestSetting(impact, build)
    return setting === undefined ? undefined : savedShare(impact, build, setting)
  }
  const traces = newestTraces(reports, (impact) => savedIn(impact) !== undefined)
  const isStale = traces.some(({ run }) => run.environment.inputsHash !== inputsHash)
  const all = traces.flatMap(({ impact }) => savedIn(impact) ?? []).toSorted((one, other) => one - other)
  const [low, high] = [all[0], all.at(-1)]
  if (low === undefined || high === undefined) return undefined
  const value =
    ((all[Math.floor((all.length - 1) / 2)] ?? low) + (all[Math.ceil((all.length - 1) / 2)] ?? high)) / 2
  const source = `cache-impact, ${all.length} ${all.length === 1 ? 'trace' : 'traces'}`
  return { value, low, high, varies: 'traffic', label: 'priced', source, ...(isStale && { stale: true }) }
}

function footprintOf(row: FootprintRow): Record<string, Omit<Measurement, 'metric' | 'option'> | undefined> {
  const { name, packages, installMb, importMs, bundles, ownFiles } = row
  const gzipKb = bundles.find(({ target }) => target === 'node')?.gzipKb
  return {
    packages: counted(packages, `footprint, ${name}, packages`),
    installMb: counted(installMb, `footprint, ${name}, size on disk`),
    importMs: {
      value: importMs.median,
      low: importMs.low,
      high: importMs.high,
      label: 'measured',
      source: `footprint, ${name}, import`,
    },
    bundleGzipKb: gzipKb === undefined ? undefined : counted(gzipKb, `footprint, ${name}, bundle for Node`),
    ownLines: ownFiles && counted(linesOf(ownFiles), `footprint, ${name}, own lines`),
  }
}

function counted(value: number, source: string): { value: number; label: EvidenceLabel; source: string } {
  return { value, label: 'counted', source }
}
