import type { GuardrailCheck } from './check.ts'
import type { Direction, GuardrailRule } from './rule.ts'
import type { ValueHash } from './value-hash.ts'

/**
 * What happens to a finding. Three actions replace it: `redact` by its type, `[EMAIL]`; `mask` by a part of it, `a***@example.com`
 * (see `maskValue`); `hash` by its type and a keyed hash, `[EMAIL#CGRKVBMDTSHLPNJF]`, so that equal values stay equal. `block` stops
 * the call, `report` records the finding and changes nothing.
 */
export type GuardrailAction = 'block' | 'redact' | 'mask' | 'hash' | 'report'

/** Whether an action puts something else in the place of a finding. */
export function isReplacing(action: GuardrailAction): boolean {
  return action !== 'block' && action !== 'report'
}

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
  /** What limit and size count, where that is not characters. */
  unit?: 'tokens'
  /** The rule did not judge: it threw, or took longer than its limit. Then the action is what its failure leads to. */
  failure?: RuleFailure
}

/** Why a rule did not judge. */
export type RuleFailure = 'error' | 'timeout'

/** The verdict that stops a call. */
export interface BlockedBy extends Verdict {
  action: 'block'
}

export interface PolicyRule {
  rule: GuardrailRule
  action: GuardrailAction
  /** Which of the rule's directions apply here. Default: all of them. */
  directions?: readonly Direction[]
  /**
   * What happens when the rule throws or passes its time limit: `block` what it could not judge (closed), or `pass` it (open).
   * Either way it is counted, and the rule is not asked again about that request or answer. A rule that only reports always
   * passes. Default `block`.
   */
  onFailure?: 'block' | 'pass'
  /** How long one look at one text may take, in ms of the machine's clock, judged after the fact. Default: no limit. */
  timeLimitMs?: number
}

export interface PolicyCheck {
  check: GuardrailCheck
  action: 'block' | 'report'
  /** Which of the check's directions apply here. Default: all of them. */
  directions?: readonly Direction[]
  /** See `PolicyRule`. */
  onFailure?: 'block' | 'pass'
  /** How long it may take, in ms; it runs no longer. Default 2,000. */
  timeLimitMs?: number
}

/** Rules with their actions, in order, and the fingerprint that becomes part of every cache key. */
export interface GuardrailPolicy {
  readonly rules: readonly PolicyRule[]
  /** What judges whole requests and answers, after the rules. Default none. */
  readonly checks?: readonly PolicyCheck[]
  /** `all`: a streamed answer is released when its checks have passed, in one go. Default: as it comes. */
  readonly hold?: 'all' | undefined
  /** Callers get the values back that redaction took out of their requests. Default false. */
  readonly restore?: boolean | undefined
  /** Of a policy that hashes; the key is in no property. Without it, what is to be hashed is redacted. */
  readonly hashValue?: ValueHash | undefined
  /**
   * Hex digest over ids, versions, actions, directions, limits, what a failure leads to, and a hash under the key of those that hash:
   * two policies that decide alike share it.
   */
  readonly fingerprint: string
}
