import { createHash } from 'node:crypto'
import type { GuardrailPolicy, PolicyRule } from './policy.ts'
import type { Direction } from './rule.ts'

/** The directions in which a rule of a policy applies. */
export function directionsOf(entry: PolicyRule): readonly Direction[] {
  return entry.directions ?? entry.rule.directions
}

/**
 * A policy over `rules`, in their order: where two findings start at the same place and are equally long, the earlier
 * rule names the replacement. Throws a `TypeError` for a repeated id, a direction that a rule does not have, or a rule
 * that cannot redact: a size limit, or a rule for whole texts, which runs when a stream's text has left.
 * Throws a `RangeError` for a time limit that is not over 0.
 */
export function defineGuardrails(options: { rules: readonly PolicyRule[] }): GuardrailPolicy {
  const rules = options.rules.map((entry) => Object.freeze({ ...entry }))
  const ids = new Set<string>()
  for (const entry of rules) {
    const { rule, action } = entry
    const directions = directionsOf(entry)
    if (ids.has(rule.id)) throw new TypeError(`defineGuardrails: rule ${rule.id} is there twice`)
    ids.add(rule.id)
    const extra = directions.find((direction) => !rule.directions.includes(direction))
    if (extra) throw new TypeError(`defineGuardrails: rule ${rule.id} does not apply to ${extra}`)
    const { timeLimitMs } = entry
    if (timeLimitMs !== undefined && !(timeLimitMs > 0))
      throw new RangeError(
        `defineGuardrails: timeLimitMs of rule ${rule.id} must be over 0, got ${timeLimitMs}`,
      )
    if (action !== 'redact') continue
    if (rule.maxChars !== undefined)
      throw new TypeError(`defineGuardrails: rule ${rule.id} cannot redact a size`)
    if (!rule.holdFrom)
      throw new TypeError(`defineGuardrails: rule ${rule.id} judges whole texts: it cannot redact`)
  }
  // Arrays in a fixed order are their own canonical form.
  const canonical = JSON.stringify(
    rules.map(({ onFailure = 'block', timeLimitMs = null, ...entry }) => [
      entry.rule.id,
      entry.rule.version,
      entry.action,
      [...directionsOf(entry)].sort(),
      onFailure,
      timeLimitMs,
    ]),
  )
  const fingerprint = createHash('sha256').update(canonical).digest('hex')
  return Object.freeze({ rules: Object.freeze(rules), fingerprint })
}
