import type { Direction, GuardrailRule } from './rule.ts'

/** What happens to a finding. `report` records it and changes nothing. */
export type GuardrailAction = 'block' | 'redact' | 'report'

/** What one rule found in one direction: counts and positions, never the text. */
export interface Verdict {
  ruleId: string
  direction: Direction
  action: GuardrailAction
  /** How many findings. */
  count: number
  /** The distinct types of the findings, sorted: `email`, `override_instructions`. */
  types: string[]
  /** Where they stand, sorted: `messages[0].content`, `choices[0].message.tool_calls[1].function.arguments`. */
  places: string[]
  /** The highest score, 0..1, of a rule that scores. */
  score?: number
  /** The limit that was passed and the size that was found, in UTF-16 code units. */
  limit?: number
  size?: number
}

/** The verdict that stops a call. */
export interface BlockedBy extends Verdict {
  action: 'block'
}

export interface PolicyRule {
  rule: GuardrailRule
  action: GuardrailAction
  /** Which of the rule's directions apply here. Default: all of them. */
  directions?: readonly Direction[]
}

/** Rules with their actions, in order, and the fingerprint that becomes part of every cache key. */
export interface GuardrailPolicy {
  readonly rules: readonly PolicyRule[]
  /** Hex digest over ids, versions, actions and directions: two policies that decide alike share it. */
  readonly fingerprint: string
}
