import type { GuardrailTiming } from '@plumbline/report'

import { nearestRank } from '../method/nearest-rank.ts'
import { checkAllOf, lookMs } from './check-all.ts'
import type { GuardrailEntrant } from './detector.ts'

const LONG = 2_048
/** Looks at each kind of text that are counted, after as many that compile the code. */
const LOOKS = 2_000
/** Of this thread's CPU time, half of it for each: a slow entrant looks fewer times, and a busy machine is no reason to. */
const LIMIT_MS = 2_000

/** What everything that an entrant looks for costs, in short texts and in 2 kB made of them. */
export async function measureTimings(
  entrant: GuardrailEntrant,
  shortTexts: readonly string[],
): Promise<GuardrailTiming[]> {
  const look = checkAllOf(entrant)
  const longTexts = shortTexts.map((_, index) => {
    const rotated = [...shortTexts.slice(index), ...shortTexts.slice(0, index)].join('\n')
    return rotated.repeat(Math.ceil(LONG / rotated.length)).slice(0, LONG)
  })
  const timings: GuardrailTiming[] = []
  for (const [text, texts] of [
    ['short', shortTexts],
    ['2 kB', longTexts],
  ] as const) {
    await lookAround(look, texts)
    const us = await lookAround(look, texts)
    us.sort((one, other) => one - other)
    timings.push({
      entrant: entrant.name,
      text,
      n: us.length,
      usP50: nearestRank(us, 0.5),
      usP99: nearestRank(us, 0.99),
    })
  }
  return timings
}

/** The time of each look, in us: at one text after the other, and round again. */
async function lookAround(look: (text: string) => unknown, texts: readonly string[]): Promise<number[]> {
  const us: number[] = []
  const before = process.threadCpuUsage()
  while (us.length < LOOKS) {
    const { user, system } = process.threadCpuUsage(before)
    if ((user + system) / 1000 > LIMIT_MS / 2) break
    us.push((await lookMs(look, texts[us.length % texts.length] ?? '')) * 1000)
  }
  return us
}
