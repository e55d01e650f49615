import type { GuardrailGrowth } from '@plumbline/report'

import { checkAllOf } from './check-all.ts'
import type { GuardrailEntrant } from './detector.ts'

/** What patterns stumble over, repeated: values that begin everywhere and end nowhere, near misses, blanks. */
const pieces = [
  'a',
  'a@',
  'a.',
  'a@a.',
  '1 ',
  '1.',
  '4111 ',
  '+1',
  '(1',
  ' ',
  '\n',
  '[',
  '### ',
  '<|',
  'http://a:',
  'sk-',
  'eyJaaaaaaaa.',
  'password = ',
  'ignore all previous ',
  'ignore the the the ',
  'reveal the ',
  'you are now a ',
] as const
const lengths = [2_048, 8_192, 32_768] as const

/** How long everything that an entrant looks for takes in hostile texts of three lengths, in ms of CPU time. */
export async function measureGrowth(entrant: GuardrailEntrant, limitMs: number): Promise<GuardrailGrowth[]> {
  const look = checkAllOf(entrant)
  const growth: GuardrailGrowth[] = []
  for (const piece of pieces) {
    let before = 0
    for (const chars of lengths) {
      const text = piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars)
      const ms = before > limitMs ? null : await cpuMs(look, text)
      growth.push({ entrant: entrant.name, piece, chars, ms })
      before = ms ?? Infinity
    }
  }
  return growth
}

/** CPU time of this thread, in ms: a busy machine stretches the clock by more than hostile texts do. */
async function cpuMs(look: (text: string) => unknown, text: string): Promise<number> {
  const before = process.threadCpuUsage()
  await look(text)
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
