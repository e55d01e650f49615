import type { BlockedBy, GuardrailPolicy, Verdict } from './policy.ts'
import type { TextPlace } from './rule.ts'
import { createTally, type Tally } from './tally.ts'
import { createTextGate } from './text-gate.ts'
import type { Vault } from './vault.ts'

export interface GuardedText {
  /** The same string when nothing was redacted; empty when the text is blocked. */
  text: string
  verdicts: Verdict[]
  blocked: BlockedBy | undefined
}

/** Applies `policy` to one text by itself. `path` is what the verdicts name; default `text`. */
export function guardText(
  policy: GuardrailPolicy,
  text: string,
  place: TextPlace,
  path = 'text',
): GuardedText {
  const tally = createTally(policy, place.direction)
  tally.addSize(text.length, text)
  const guarded = passText(policy, text, { place, path, tally })
  return { text: guarded, verdicts: tally.verdicts, blocked: tally.blocked }
}

export interface PassOptions {
  place: TextPlace
  path: string
  tally: Tally
  json?: boolean
  vault?: Vault | undefined
}

/** Puts a whole text through a gate of its own; findings go to the tally, its size does not. */
export function passText(policy: GuardrailPolicy, text: string, options: PassOptions): string {
  if (text === '') return text
  return createTextGate(policy, options).end(text)
}
