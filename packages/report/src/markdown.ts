import type { EntrantOutcomes, Overhead, OverheadRow, Report } from './report.ts'

/** The report as Markdown, every figure with what it was measured on. */
export function toMarkdown(report: Report): string {
  const { environment, startedAt, endedAt } = report
  const busy =
    environment.loadAverage > environment.cores ? ' **The machine was busy with other things.**' : ''
  return (
    [
      '# Plumbline report',
      `Measured ${startedAt} to ${endedAt} on commit \`${environment.commit.slice(0, 12)}\`${environment.dirty ? ' with local changes' : ''}, ` +
        `lockfile \`${environment.lockfileHash.slice(0, 12)}\`, Node ${environment.node}, ${environment.os}, ${environment.cores} x ${environment.cpu}, ` +
        `load average ${environment.loadAverage.toFixed(2)}.${busy} ` +
        `${Object.entries(environment.packages)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ')}.`,
      '## Conformance',
      'Counted. `-`: the entrant has nothing to ask the clause of. No totals: clauses do not weigh the same.',
      outcomesTable(report.conformance),
      '## Overhead',
      `Measured: CPU time of the calling process per chat call, one at a time over loopback HTTP, median of ${report.overhead.rounds} rounds of ` +
        `${report.overhead.callsPerRound} calls. The ratio is to the bare SDK in the same round, with its 95 % bootstrap interval (seed ${report.overhead.seed}).`,
      overheadTable(report.overhead),
    ].join('\n\n') + '\n'
  )
}

function outcomesTable(entrants: readonly EntrantOutcomes[]): string {
  const ids = entrants[0]?.outcomes.map(({ id }) => id) ?? []
  const cell = (entrant: EntrantOutcomes, id: string): string => {
    const outcome = entrant.outcomes.find((candidate) => candidate.id === id)?.outcome
    return outcome === 'unsupported' || outcome === undefined ? '-' : outcome
  }
  return markdownTable(
    ['clause', ...entrants.map(({ name, version }) => `${name} ${version}`)],
    ids.map((id) => [id, ...entrants.map((entrant) => cell(entrant, id))]),
  )
}

function overheadTable({ rows }: Overhead): string {
  return markdownTable(['row', 'CPU us per call', 'ratio to the SDK', 'verdict'], overheadCells(rows))
}

/** The rows of the overhead table as text, also for the terminal. */
export function overheadCells(rows: readonly OverheadRow[]): string[][] {
  return rows.map(({ name, cpuUsPerCall, toSdk, noDifferenceShown }) => [
    name,
    cpuUsPerCall.toFixed(0),
    toSdk ? `${toSdk.ratio.toFixed(2)} [${toSdk.low.toFixed(2)}, ${toSdk.high.toFixed(2)}]` : 'baseline',
    toSdk && noDifferenceShown ? 'no difference shown' : '',
  ])
}

function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
}
