import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { Finding, GuardrailRule, TextPlace } from '../rule.ts'
import { hostileText } from './texts.ts'

/** Text of an answer. */
export const output: TextPlace = { direction: 'output', role: 'assistant', part: 'content' }
/** Text of a user. */
export const input: TextPlace = { direction: 'input', role: 'user', part: 'content' }

/** The stretches that `rule` finds in a text. */
export function found(rule: GuardrailRule, text: string, place: TextPlace = input): string[] {
  return rule.find(text, place).map(({ start, end }) => text.slice(start, end))
}

function shift(findings: Finding[], by: number): Finding[] {
  return findings.map((finding) => ({ ...finding, start: finding.start + by, end: finding.end + by }))
}

/** Fails unless the rule is local and final, and keeps within its reach: what a stream relies on. */
export function expectRuleLaws(rule: GuardrailRule): void {
  fc.assert(
    fc.property(hostileText, hostileText, (text, more) => {
      const hold = rule.holdFrom?.(text) ?? text.length
      const before = (findings: Finding[]): Finding[] => findings.filter((finding) => finding.start < hold)
      expect(before(rule.find(text + more, output))).toEqual(before(rule.find(text, output)))
    }),
    { numRuns: 2000 * Number(process.env.FC_RUNS ?? 1) },
  )
  fc.assert(
    fc.property(hostileText, fc.nat(), fc.nat(), (text, at, extra) => {
      const from = text.length === 0 ? 0 : at % (text.length + 1)
      const all = rule.find(text, output)
      for (const { start, end } of all) {
        expect(end).toBeGreaterThan(start)
        expect(end - start).toBeLessThanOrEqual(rule.reach)
      }
      // Only a place that no finding straddles is ever a `from`.
      if (all.some(({ start, end }) => start < from && end > from)) return
      const cut = Math.max(0, from - rule.context - 1 - (extra % 3))
      const rest = shift(rule.find(text.slice(cut), output, from - cut), cut)
      expect(rest).toEqual(all.filter((finding) => finding.start >= from))
    }),
    { numRuns: 2000 * Number(process.env.FC_RUNS ?? 1) },
  )
}
