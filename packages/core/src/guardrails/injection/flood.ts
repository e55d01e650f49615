import type { Sign } from './sequence.ts'

const LONGEST_PERIOD = 8
const SHORTEST_FLOOD = 240
const STEP = 128

/**
 * A stretch of at least 240 UTF-16 code units that repeats the same one to eight, at most one of them a space or a
 * rule's dash: it is there to push the instructions out of sight. Rules and blank lines are not.
 */
export function floodIn(text: string): Sign | undefined {
  for (let from = 0; from + SHORTEST_FLOOD <= text.length; from += STEP) {
    for (let period = 1; period <= LONGEST_PERIOD; period++) {
      let end = from + period
      while (
        end < text.length &&
        end - from < SHORTEST_FLOOD - STEP &&
        text.charCodeAt(end) === text.charCodeAt(end - period)
      )
        end++
      if (end - from < SHORTEST_FLOOD - STEP) continue
      if (/^[\s\-=_*#~.|+─━]*$/.test(text.slice(from, from + period))) break
      return { type: 'context_flood', weight: 1, start: from, end }
    }
  }
  return undefined
}
