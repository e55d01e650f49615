import { directionsOf } from './define-policy.ts'
import type { GuardrailAction, GuardrailPolicy, PolicyRule } from './policy.ts'
import type { Direction, GuardrailRule } from './rule.ts'

/** A rule of a policy as it applies in one direction. */
export interface ActiveRule {
  rule: GuardrailRule
  action: GuardrailAction
  /** Position in the policy. */
  order: number
  /** See `PolicyRule`. A rule that only reports changes nothing when it fails either. */
  onFailure: 'block' | 'pass'
  /** In ms; undefined for none. */
  timeLimitMs: number | undefined
}

/** The rules of a policy in one direction, sorted by how they work. */
export interface ActiveRules {
  /** They judge the size of all texts together. */
  size: readonly ActiveRule[]
  /** They find in pieces, and what they find is redacted or blocked. */
  acting: readonly ActiveRule[]
  /** They find in pieces, and what they find changes nothing. */
  reporting: readonly ActiveRule[]
  /** They find in whole texts only. */
  whole: readonly ActiveRule[]
  /** The furthest that any local rule looks back, in UTF-16 code units. */
  context: number
}

const cache = new WeakMap<GuardrailPolicy, Partial<Record<Direction, ActiveRules>>>()

/** The rules of `policy` for `direction`; computed once per policy. */
export function activeRules(policy: GuardrailPolicy, direction: Direction): ActiveRules {
  let known = cache.get(policy)
  if (!known) cache.set(policy, (known = {}))
  return (known[direction] ??= sortRules(policy, direction))
}

function sortRules(policy: GuardrailPolicy, direction: Direction): ActiveRules {
  const active = policy.rules
    .map((entry, order) => ({ entry, active: toActive(entry, order) }))
    .filter(({ entry }) => directionsOf(entry).includes(direction))
    .map((item) => item.active)
  const isSize = ({ rule }: ActiveRule): boolean =>
    rule.maxChars !== undefined || rule.maxTokens !== undefined
  const local = active.filter((one) => !isSize(one) && one.rule.holdFrom)
  return {
    size: active.filter(isSize),
    acting: local.filter(({ action }) => action !== 'report'),
    reporting: local.filter(({ action }) => action === 'report'),
    whole: active.filter((one) => !isSize(one) && !one.rule.holdFrom),
    // One more, so that a rule's first context unit is never mistaken for the start of the text.
    context: Math.max(0, ...local.map(({ rule }) => rule.context)) + 1,
  }
}

function toActive({ rule, action, onFailure = 'block', timeLimitMs }: PolicyRule, order: number): ActiveRule {
  return { rule, action, order, onFailure: action === 'report' ? 'pass' : onFailure, timeLimitMs }
}
