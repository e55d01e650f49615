import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { output } from './__fixtures__/rule-laws.ts'
import { cutText } from './__fixtures__/texts.ts'
import { canaryRule } from './canary.ts'
import { customRule } from './custom-rule.ts'
import { defaultGuardrails } from './default-policy.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { holdBound } from './hold-bound.ts'
import { createTally } from './tally.ts'
import { createTextGate } from './text-gate.ts'

const pairs = customRule({
  id: 'test.pairs',
  version: '1',
  reach: 8,
  find: (text, _place, from) =>
    [...text.slice(from).matchAll(/a{1,8}/g)].map(({ index, 0: { length } }) => ({
      type: 'run',
      start: from + index,
      end: from + index + length,
    })),
})
const rules = [...defaultGuardrails().rules.map(({ rule }) => rule), pairs].filter(
  ({ directions, holdFrom }) => holdFrom && directions.includes('output'),
)

/** The most that a stream under this rule alone has received and not shown. It replaces nothing, so that lengths can be compared. */
function mostHeld(rule: (typeof rules)[number], pieces: readonly string[]): { held: number; bound: number } {
  const policy = defineGuardrails({ rules: [{ rule: { ...rule, find: () => [] }, action: 'redact' }] })
  const gate = createTextGate(policy, { place: output, path: 'text', tally: createTally(policy, 'output') })
  let received = 0
  let shown = 0
  let held = 0
  for (const piece of pieces) {
    received += piece.length
    shown += gate.push(piece).length
    held = Math.max(held, received - shown)
  }
  return { held, bound: holdBound(policy) }
}

test.each(rules.map((rule) => [rule.id, rule] as const))('%s holds no more than its bound', (_, rule) => {
  fc.assert(
    fc.property(cutText, ({ pieces }) => {
      // Hidden characters come on top.
      const { held, bound } = mostHeld(
        rule,
        pieces.map((piece) => piece.replace(/[^\0-\u007f]/g, 'x')),
      )
      expect(held).toBeLessThanOrEqual(bound)
    }),
    { numRuns: 300 },
  )
  const beginnings = ['a', 'a.', 'a@', '1 ', '4111 ', '+1', 'DE89 3704 ', 'sk-', 'password = ', '-', 'f:']
  beginnings.push('-----BEGIN PRIVATE KEY-----\nA', 'http://a:', 'eyJa.', 'key: 1 ', 'tel ', '\\n')
  for (const beginning of beginnings) {
    const endless = Array.from({ length: 60 }, () => beginning.repeat(Math.ceil(700 / beginning.length)))
    const { held, bound } = mostHeld(rule, endless)
    expect(held, beginning).toBeLessThanOrEqual(bound)
  }
})

test('the bound is that of the longest rule that acts on answers, and none with `hold`', () => {
  const canaries = { rule: canaryRule({ canaries: ['canary-1'] }), action: 'block' as const }
  const mail = { rule: emailRule(), action: 'report' as const }
  expect(holdBound(defineGuardrails({ rules: [canaries, mail] }))).toBe(2 * 8 + 2)
  expect(holdBound(defineGuardrails({ rules: [mail] }))).toBe(0)
  expect(holdBound(defineGuardrails({ rules: [], hold: 'all' }))).toBe(Infinity)
})
