import { nothing } from '../figures.ts'
import type { OverheadSettingRow } from '../overhead-setting.ts'
import type { Report } from '../report.ts'

const builds = ['scratch', 'langchain'] as const

/**
 * Where the time of a call goes, by stage: what each adds to its build in process, in us with its interval, the heading first.
 * Empty where the benchmark was not run. Stages of both builds stand in one row.
 */
export function stageCostCells({ overhead }: Report): string[][] {
  const rows = overhead?.settings?.find(({ id }) => id === 'in-process')?.rows ?? []
  const added = (name: string): string => {
    const row = rows.find((one) => one.name === name)
    return row?.addedUs ? interval(row.addedUs) : nothing
  }
  const stages = new Set(
    builds.flatMap((build) =>
      rows.flatMap(({ name }) => (name.startsWith(`${build} + `) ? [name.slice(build.length + 3)] : [])),
    ),
  )
  if (stages.size === 0) return []
  const line = (what: string, nameOf: (build: string) => string): string[] => [
    what,
    ...builds.map((build) => added(nameOf(build))),
  ]
  return [
    ['added us of CPU per call', ...builds],
    line('no stage, to what it is built on', (build) => `${build}, no stage`),
    ...[...stages].map((stage) => line(`+ ${stage}, to no stage`, (build) => `${build} + ${stage}`)),
    line('every stage, to what it is built on', (build) => `${build}, every stage`),
    line('every stage, a cache hit', (build) => `${build}, every stage, a cache hit`),
  ]
}

function interval({ difference, low, high }: NonNullable<OverheadSettingRow['addedUs']>): string {
  return `${difference.toFixed(0)} [${low.toFixed(0)}, ${high.toFixed(0)}]`
}
