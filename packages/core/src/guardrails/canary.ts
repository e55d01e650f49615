import { createHash } from 'node:crypto'

import type { Finding, GuardrailRule } from './rule.ts'

/**
 * Rule `canary.literal`: strings that stand in the prompt and must never stand in an answer. Exact, as they were planted; make
 * them random. Throws a `TypeError` without one, or for one of fewer than 8 UTF-16 code units, which prose may hold.
 */
export function canaryRule({ canaries }: { canaries: readonly string[] }): GuardrailRule {
  if (canaries.length === 0) throw new TypeError('canaryRule: there is no canary')
  if (canaries.some((canary) => canary.length < 8))
    throw new TypeError('canaryRule: a canary has at least 8 characters')

  return {
    id: 'canary.literal',
    family: 'canary',
    directions: ['output'],
    reach: Math.max(...canaries.map(({ length }) => length)),
    context: 0,
    // A policy is shown to people who need not know them.
    version: `1:${createHash('sha256').update(JSON.stringify(canaries)).digest('hex')}`,
    find(text, _place, from = 0) {
      return canaries
        .flatMap((canary) => findLiteral(text, canary, from))
        .sort((one, other) => one.start - other.start)
    },
    holdFrom(text, from = 0) {
      return Math.min(...canaries.map((canary) => heldFrom(text, canary, from)))
    },
  }
}

function findLiteral(text: string, canary: string, from: number): Finding[] {
  const findings: Finding[] = []
  for (let start = text.indexOf(canary, from); start !== -1; start = text.indexOf(canary, start + 1))
    findings.push({ type: 'canary', start, end: start + canary.length })
  return findings
}

/** Where the longest end of the text begins that the canary could go on from. */
function heldFrom(text: string, canary: string, from: number): number {
  for (let start = Math.max(from, text.length - canary.length + 1); start < text.length; start++) {
    if (canary.startsWith(text.slice(start))) return start
  }
  return text.length
}
