import type { Role } from '../contract/wire.ts'

export type Direction = 'input' | 'output'

/** Where in a message a text stands: every place that can hide one is scanned, not the last message alone. */
export interface TextPlace {
  direction: Direction
  role: Role
  part: 'content' | 'refusal' | 'tool_arguments'
}

/** One stretch of text that a rule matched, in UTF-16 code units of the text it was given. */
export interface Finding {
  /** What was found, for the policy and the replacement: `email`, `card`, `override_instruction`. */
  type: string
  start: number
  /** Exclusive. */
  end: number
  /** 0..1; rules that decide by themselves leave it out and mean 1. */
  score?: number
}

/**
 * A check on one text. Pure: same text and place, same findings. Whole answers and streams use the same rule,
 * so a rule declares how far a match can reach and from where an unfinished text could still become one.
 */
export interface GuardrailRule {
  /** Stable id, such as `pii.email`: named in verdicts, errors and metrics. */
  readonly id: string
  readonly family: 'length' | 'injection' | 'pii' | 'secret' | (string & {})
  readonly directions: readonly Direction[]
  /** The longest stretch that one finding can cover, in UTF-16 code units; longer ones are not findings. */
  readonly reach: number
  /** Anything that changes what the rule finds: part of the policy's fingerprint and so of the cache key. */
  readonly version: string
  find(text: string, place: TextPlace): Finding[]
  /**
   * The smallest index from which more text could still make or change a finding; `text.length` when none could.
   * A stream releases what stands before it at once. Rules that look at whole texts only leave it out.
   */
  holdFrom?(text: string): number
}
