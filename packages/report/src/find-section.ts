import type { Report } from './report.ts'

/** A run and the earlier ones that stand in for what it lacks. */
export interface Runs {
  /** Undefined: there are only recorded ones. */
  report: Report | undefined
  /** In any order. */
  recorded: readonly Report[]
  /** Of the sources that a figure must come from not to be stale. Default: those of `report`, or else of the newest that is recorded. */
  inputsHash?: string
}

/** One section of a report and the run that it is of. */
export interface FoundSection<Section> {
  value: Section
  run: Report
  /** Whether it is of an earlier run. */
  recorded: boolean
  /** Whether it was measured from other sources. */
  stale: boolean
}

/** The report, then the earlier ones, newest first. */
export function newestFirst({ report, recorded }: Runs): Report[] {
  const earlier = recorded.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))
  return report ? [report, ...earlier] : earlier
}

/** The section of the report, or where it has none of the newest run that has it. */
export function findSection<Name extends keyof Report>(
  runs: Runs,
  name: Name,
): FoundSection<NonNullable<Report[Name]>> | undefined {
  const reports = newestFirst(runs)
  const inputsHash = runs.inputsHash ?? reports[0]?.environment.inputsHash
  for (const run of reports) {
    const value = run[name]
    if (value === undefined || value === null) continue
    return { value, run, recorded: run !== runs.report, stale: run.environment.inputsHash !== inputsHash }
  }
  return undefined
}
