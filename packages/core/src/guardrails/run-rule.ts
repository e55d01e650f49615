import type { ActiveRule } from './active-rules.ts'
import type { Tally } from './tally.ts'

/**
 * What a rule says of the text at `place`; undefined when it has failed, now or before, which is noted in the tally. What it
 * found too late still counts.
 */
export function runRule<T>(active: ActiveRule, tally: Tally, place: string, run: () => T): T | undefined {
  if (tally.hasFailed(active)) return undefined
  const { timeLimitMs } = active
  const startMs = timeLimitMs === undefined ? 0 : performance.now()
  try {
    const result = run()
    if (timeLimitMs !== undefined && performance.now() - startMs > timeLimitMs) {
      tally.fail(active, 'timeout', place)
    }
    return result
  } catch {
    // Without its error, which may quote the text.
    tally.fail(active, 'error', place)
    return undefined
  }
}
