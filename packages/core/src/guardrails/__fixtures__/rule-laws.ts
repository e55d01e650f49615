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

const HOSTILE = [
  'a',
  '@',
  'a@',
  'a@a',
  'a.',
  'a@a.',
  '1',
  '1 ',
  '1-',
  '4111 ',
  '+',
  '(',
  '+1',
  '(1',
  '1.',
  '0 1',
  '-',
  '-----',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\nA',
  'sk-',
  'sk_live_',
  'ghp_',
  'ghp_/',
  'eyJ',
  'eyJaaaaaaaa.',
  'AKIA',
  'SG.',
  'hvs.',
  'whsec_/',
  ' ',
  '\n',
  '\\',
  '\\n',
  '\\u00e9',
  '"',
  'ignore ',
  'ignore all ',
  'ignore all previous ',
  'forget everything you ',
  'reveal ',
  'show me the full your ',
  'what ',
  'the ',
  'what instructions ',
  'no the ',
  'chatgpt ',
  'say the ',
  '### ',
  '=== end ',
  '<|',
  '[',
  'you are ',
  'phone ',
  'illegal, ',
  'without any a, ',
  'repeat the all ',
  'tell me your secret ',
  'İ',
  '😀',
  '\ud83d',
]

/**
 * Fails when a hostile text of 32k characters takes the rule over 50 ms, scanned whole or held back: CPU time of
 * the best of five, since it is the growth that matters and not the machine.
 */
export function expectBoundedTime(rule: GuardrailRule): void {
  for (const piece of HOSTILE) {
    const text = piece.repeat(Math.ceil(32_768 / piece.length)).slice(0, 32_768)
    const times = [1, 2, 3, 4, 5].map(() => {
      const before = process.cpuUsage()
      rule.find(text, input)
      rule.holdFrom?.(text)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    })
    expect(Math.min(...times), JSON.stringify(piece)).toBeLessThan(50)
  }
}
