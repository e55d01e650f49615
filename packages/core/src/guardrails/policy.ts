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
  /** Hex digest over ids, versions and actions: two policies that decide alike share it. */
  readonly fingerprint: string
}
