import type { FaultFacts, FaultRow, Faults } from './faults.ts'

/** One column of the matrix: an entrant at one retry setting. */
export type FaultColumn = Pick<FaultRow, 'entrant' | 'version' | 'retries'>

/** The columns of the matrix, in the order in which the rows first have them. */
export function faultColumns({ rows }: Faults): FaultColumn[] {
  const columns = new Map<string, FaultColumn>()
  for (const { entrant, version, retries } of rows) {
    const key = JSON.stringify([entrant, retries])
    if (!columns.has(key)) columns.set(key, { entrant, version, retries })
  }
  return [...columns.values()]
}

/** How one fault ended in one column; undefined where it was not measured. */
export function faultRow(
  { rows }: Faults,
  { id }: FaultFacts,
  { entrant, retries }: FaultColumn,
): FaultRow | undefined {
  return rows.find((row) => row.fault === id && row.entrant === entrant && row.retries === retries)
}
