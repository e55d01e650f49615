import { createHash } from 'node:crypto'

import type { ChatRequest } from '../contract/wire.ts'
import { isReplacing, type GuardrailPolicy, type PolicyCheck, type PolicyRule } from './policy.ts'
import type { Direction } from './rule.ts'
import { createValueHash } from './value-hash.ts'

/** The directions in which a rule of a policy applies. */
export function directionsOf(entry: PolicyRule): readonly Direction[] {
  return entry.directions ?? entry.rule.directions
}

export interface GuardrailsOptions {
  rules: readonly PolicyRule[]
  /** Judge requests and answers as a whole, after the rules, and all at once. Default none. */
  checks?: readonly PolicyCheck[]
  /** `all`: a streamed answer is released when its checks have passed, in one go. Default: as it comes. */
  hold?: 'all'
  /**
   * Number the placeholders of a request, `[EMAIL_1]`, and put the values back into its caller's answer, streams included. Provider
   * and cache see the placeholders. Hashed values are put back too, masked ones are not: a mask may stand for several. Default false.
   */
  restore?: boolean
  /**
   * Secret of the rules that hash: UTF-8 text or bytes, at least 16 of them, random. Under another key, equal values read different,
   * and what was cached is not found. No default: a policy that hashes needs one.
   */
  hashKey?: string | Uint8Array
}

/**
 * A policy over `rules`, in their order: where two findings start at the same place and are equally long, the earlier
 * rule names the replacement. Throws a `TypeError` for a repeated id, a direction that a rule does not have, a rule that cannot
 * replace anything (a size limit, or a rule for whole texts, which runs when a stream's text has left), and a rule that is to hash
 * without a `hashKey`, or with a short one.
 * Throws a `RangeError` for a time limit that is not over 0.
 */
export function defineGuardrails(options: GuardrailsOptions): GuardrailPolicy {
  const rules = options.rules.map((entry) => Object.freeze({ ...entry }))
  const ids = new Set<string>()
  for (const entry of rules) {
    const { rule, action } = entry
    const directions = directionsOf(entry)
    if (ids.has(rule.id)) throw new TypeError(`defineGuardrails: rule ${rule.id} is there twice`)
    ids.add(rule.id)
    const extra = directions.find((direction) => !rule.directions.includes(direction))
    if (extra) throw new TypeError(`defineGuardrails: rule ${rule.id} does not apply to ${extra}`)
    assertTimeLimit(rule.id, entry.timeLimitMs)
    if (!isReplacing(action)) continue
    if (rule.maxChars !== undefined || rule.maxTokens !== undefined)
      throw new TypeError(`defineGuardrails: rule ${rule.id} cannot ${action} a size`)
    if (!rule.holdFrom)
      throw new TypeError(`defineGuardrails: rule ${rule.id} judges whole texts: it cannot ${action}`)
  }
  const { hold, restore = false, hashKey } = options
  const hashing = rules.find(({ action }) => action === 'hash')
  if (hashing && hashKey === undefined)
    throw new TypeError(`defineGuardrails: rule ${hashing.rule.id} is to hash: it needs a hashKey`)
  const hashValue = hashing && hashKey !== undefined ? createValueHash(hashKey) : undefined
  const checks = (options.checks ?? []).map((entry) => Object.freeze({ ...entry }))
  for (const { check, timeLimitMs } of checks) {
    if (ids.has(check.id)) throw new TypeError(`defineGuardrails: check ${check.id} is there twice`)
    ids.add(check.id)
    assertTimeLimit(check.id, timeLimitMs)
  }
  // Arrays in a fixed order are their own canonical form.
  const canonicalRules = rules.map(({ onFailure = 'block', timeLimitMs = null, ...entry }) => [
    entry.rule.id,
    entry.rule.version,
    entry.action,
    [...directionsOf(entry)].sort(),
    onFailure,
    timeLimitMs,
  ])
  const canonicalChecks = checks.map(
    ({ check, action, directions, onFailure = 'block', timeLimitMs = null }) => [
      check.id,
      check.version,
      action,
      [...(directions ?? check.directions)].sort(),
      onFailure,
      timeLimitMs,
    ],
  )
  // A hash under the key stands for the key, which nobody can read out of it.
  const canonicalKey = hashValue?.('policy', 'fingerprint') ?? null
  const canonical = JSON.stringify([canonicalRules, canonicalChecks, restore, canonicalKey])
  const fingerprint = createHash('sha256').update(canonical).digest('hex')
  return Object.freeze({
    rules: Object.freeze(rules),
    ...(checks.length > 0 && { checks: Object.freeze(checks) }),
    ...(hold && { hold }),
    ...(restore && { restore }),
    ...(hashValue && { hashValue }),
    fingerprint,
  })
}

function assertTimeLimit(id: string, timeLimitMs: number | undefined): void {
  if (timeLimitMs !== undefined && !(timeLimitMs > 0))
    throw new RangeError(`defineGuardrails: timeLimitMs of ${id} must be over 0, got ${timeLimitMs}`)
}

/** The policy for the answers to `request`; itself where no rule asks for the question. */
export function policyFor(policy: GuardrailPolicy, request: ChatRequest | undefined): GuardrailPolicy {
  if (request === undefined || !policy.rules.some(({ rule }) => rule.forRequest)) return policy
  const rules = policy.rules.map((entry) =>
    entry.rule.forRequest ? { ...entry, rule: entry.rule.forRequest(request) } : entry,
  )
  return { ...policy, rules }
}
