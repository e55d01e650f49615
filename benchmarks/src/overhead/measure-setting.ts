import type { OverheadSetting, OverheadSettingRow } from '@plumbline/report'

import { median } from '../method/bootstrap-median.ts'
import { interleave } from '../method/interleave.ts'
import { pairedDifference } from '../method/paired-difference.ts'
import { pairedRatio } from '../method/paired-ratio.ts'
import { seededRandom } from '../method/seeded-random.ts'
import { sdkName } from './bare-subjects.ts'
import type { Subject } from './subject.ts'

export interface SettingOptions {
  id: OverheadSetting['id']
  name: string
  subjects: readonly Subject[]
  /** Calls of a row under way at once. */
  atOnce: number
  rounds: number
  /** Of each row in a round, both turns together; a multiple of twice `atOnce`. */
  callsPerRound: number
  seed: number
  onProgress?: ((done: number, total: number) => void) | undefined
}

/** Calls of each row before the first that counts: a service runs for days, and the rules take some hundred calls to be compiled. */
const warmUpCalls = 500

/** CPU time per call of every row, side by side, each beside the row that it is set against. */
export async function measureSetting(options: SettingOptions): Promise<OverheadSetting> {
  const { id, name, subjects, atOnce, rounds, callsPerRound, seed, onProgress } = options
  if (callsPerRound % (2 * atOnce) !== 0)
    throw new RangeError(`callsPerRound must be a multiple of ${2 * atOnce}, got ${callsPerRound}`)
  try {
    const samples = await interleave({
      turns: subjects.map((subject) => turnOf(subject, callsPerRound / 2, atOnce)),
      rounds,
      warmUpRounds: Math.ceil(warmUpCalls / callsPerRound),
      onProgress,
    })
    return { id, name, atOnce, rounds, callsPerRound, rows: toRows(subjects, samples, seed) }
  } finally {
    await Promise.all(subjects.map(async (subject) => subject.close?.()))
  }
}

/** CPU time of this process per call, in us. */
function turnOf({ call }: Subject, calls: number, atOnce: number): () => Promise<number> {
  let number = 0
  return async () => {
    const before = process.cpuUsage()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let done = 0; done < calls / atOnce; done++) await call(++number)
      }),
    )
    const { user, system } = process.cpuUsage(before)
    return (user + system) / calls
  }
}

/** The second row must be the first one again (A/A). */
function toRows(
  subjects: readonly Subject[],
  samples: readonly number[][],
  seed: number,
): OverheadSettingRow[] {
  const samplesOf = (wanted: string): number[] =>
    samples[subjects.findIndex(({ name }) => name === wanted)] ?? []
  const again = subjects[1]
  if (subjects[0]?.name !== sdkName || again?.baseline !== sdkName)
    throw new TypeError('The first row is the bare SDK, the second one the same again.')
  const same = pairedRatio(samplesOf(again.name), samplesOf(sdkName), seededRandom(seed))
  return subjects.map(({ name, baseline }, index) => {
    const own = samples[index] ?? []
    const base = samplesOf(baseline)
    const row = { name, baseline, cpuUsPerCall: median(own), samples: own }
    if (name === baseline) return { ...row, noDifferenceShown: true }
    const ratio = index === 1 ? same : pairedRatio(own, base, seededRandom(seed))
    return {
      ...row,
      ratio,
      addedUs: pairedDifference(own, base, seededRandom(seed)),
      noDifferenceShown: ratio.low <= same.high && ratio.high >= same.low,
    }
  })
}
