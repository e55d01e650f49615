import type { Report } from './report.ts'

/** What a build may cost beside what it is built on, and what it did cost. */
export interface SpeedLimitRow {
  what: string
  unit: 'x CPU' | 'ms' | 'us' | 'x'
  /** Missing where its benchmark was not run. */
  measured?: { value: number; low: number; high: number }
  atMost: number
  goal: number
}

/** The speed that the project sets itself, each figure from the section that measures it. */
export function speedLimitRows({ overhead, streaming, footprint }: Report): SpeedLimitRow[] {
  const ratioOf = (setting: string, name: string): SpeedLimitRow['measured'] => {
    const rows = overhead?.settings?.find(({ id }) => id === setting)?.rows
    const ratio = rows?.find((row) => row.name === name)?.ratio
    return ratio && { value: ratio.ratio, low: ratio.low, high: ratio.high }
  }
  const added = (
    build: string,
    key: 'addedFirstChunkMs' | 'addedCpuUsPerChunk',
  ): SpeedLimitRow['measured'] => {
    const paired = streaming?.rows.find(({ name }) => name === `${build}, defaults`)?.[key]
    return paired && { value: paired.difference, low: paired.low, high: paired.high }
  }
  const imported = footprint?.rows.find(({ build }) => build === 'scratch')?.importToSdk
  const row = (
    what: string,
    unit: SpeedLimitRow['unit'],
    [atMost, goal]: readonly [atMost: number, goal: number],
    measured: SpeedLimitRow['measured'],
  ): SpeedLimitRow => ({ what, unit, atMost, goal, ...(measured && { measured }) })
  return [
    row(
      'scratch, every stage, in process, to the SDK with a signal and a timer',
      'x CPU',
      [1.4, 1.2],
      ratioOf('in-process', 'scratch, every stage'),
    ),
    row(
      'scratch, every stage, loopback HTTP, 32 at once, to the bare SDK as it comes',
      'x CPU',
      [0.9, 0.75],
      ratioOf('http-32', 'scratch, every stage'),
    ),
    row(
      'langchain, every stage, in process, to ChatOpenAI with an awaited no-op handler',
      'x CPU',
      [1.5, 1.3],
      ratioOf('in-process', 'langchain, every stage'),
    ),
    ...['scratch', 'langchain'].flatMap((build) => [
      row(
        `${build}, guardrails on: added to the first chunk of its bare client`,
        'ms',
        [0.2, 0.1],
        added(build, 'addedFirstChunkMs'),
      ),
      row(
        `${build}, guardrails on: added to each chunk of its bare client`,
        'us',
        [10, 5],
        added(build, 'addedCpuUsPerChunk'),
      ),
    ]),
    row(
      'import of @plumbline/scratch, to openai alone',
      'x',
      [1.25, 1.1],
      imported && { value: imported.ratio, low: imported.low, high: imported.high },
    ),
  ]
}
