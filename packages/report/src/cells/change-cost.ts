import type { ChangeCost } from '../change-cost.ts'

/** The change-cost table as text, its heading first: one line a change, the builds beside each other. */
export function changeCostCells({ rows }: ChangeCost): string[][] {
  const builds = [...new Set(rows.map(({ build }) => build))]
  const changes = [...new Set(rows.map(({ change }) => change))]
  return [
    ['change', ...builds.flatMap((build) => [`${build} lines`, 'files', 'packages', 'test lines'])],
    ...changes.map((change) => [
      change,
      ...builds.flatMap((build) => {
        const row = rows.find((one) => one.change === change && one.build === build)
        if (row === undefined) return ['–', '–', '–', '–']
        const { linesAdded, linesRemoved, files, packages, testLines } = row
        return [`+${linesAdded} −${linesRemoved}`, String(files), String(packages), String(testLines)]
      }),
    ]),
  ]
}
