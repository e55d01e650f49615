import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { input, output } from './__fixtures__/rule-laws.ts'
import { cardRule } from './card.ts'
import { defaultGuardrails } from './default-policy.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { guardText } from './guard-text.ts'
import { lengthRule } from './length.ts'
import { phoneRule } from './phone.ts'
import type { GuardrailRule } from './rule.ts'
import { placeholderFor } from './text-gate.ts'

const policy = defaultGuardrails()
const guarded = (text: string): string => guardText(policy, text, output).text

test('findings are replaced by their type and counted by rule', () => {
  const result = guardText(
    policy,
    'ann@example.com, bob@example.com, 4111 1111 1111 1111, +44 20 7946 0958, AKIAIOSFODNN7EXAMPLE.',
    input,
    'messages[0].content',
  )
  expect(result.text).toBe('[EMAIL], [EMAIL], [CARD], [PHONE], [AWS_ACCESS_KEY].')
  expect(result.blocked).toBeUndefined()
  expect(result.verdicts.map(({ ruleId, count }) => [ruleId, count])).toEqual([
    ['secret.key', 1],
    ['pii.email', 2],
    ['pii.card', 1],
    ['pii.phone', 1],
  ])
  expect(result.verdicts[1]).toEqual({
    ruleId: 'pii.email',
    direction: 'input',
    action: 'redact',
    count: 2,
    types: ['email'],
    places: ['messages[0].content'],
  })
})

test('a clean text comes back as it is', () => {
  expect(guardText(policy, 'Hello there.', input)).toEqual({
    text: 'Hello there.',
    verdicts: [],
    blocked: undefined,
  })
})

/** A rule that finds one word, wherever it stands. */
function wordRule(id: string, word: string): GuardrailRule {
  return {
    id,
    family: 'test',
    directions: ['input', 'output'],
    reach: word.length,
    context: 0,
    version: '1',
    find: (text, _place, from = 0) => {
      const start = text.indexOf(word, from)
      return start === -1 ? [] : [{ type: id, start, end: start + word.length }]
    },
    holdFrom: (text, from = 0) => Math.max(from, text.length - word.length + 1),
  }
}

function words(...list: string[]): string {
  const rules = list.map((word) => ({ rule: wordRule(word, word), action: 'redact' }) as const)
  return guardText(defineGuardrails({ rules }), 'abcdef', input).text
}

test('of overlapping findings the leftmost names the replacement, then the longest, then the first rule', () => {
  expect(words('cd', 'bc')).toBe('a[BC]ef')
  expect(words('bc', 'bcd')).toBe('a[BCD]ef')
  expect(words('bcde', 'cd')).toBe('a[BCDE]f')
  const twins = [wordRule('one', 'bc'), wordRule('two', 'bc')].map((rule) => ({
    rule,
    action: 'redact' as const,
  }))
  expect(guardText(defineGuardrails({ rules: twins }), 'abcdef', input).text).toBe('a[ONE]def')
})

test('a finding longer than its rule reaches is none', () => {
  const long = { ...wordRule('w', 'bcd'), reach: 2 }
  const result = guardText(defineGuardrails({ rules: [{ rule: long, action: 'redact' }] }), 'abcdef', input)
  expect(result).toEqual({ text: 'abcdef', verdicts: [], blocked: undefined })
})

test('a blocked text does not come out; a reported one comes out unchanged', () => {
  const block = defineGuardrails({ rules: [{ rule: emailRule(), action: 'block' }] })
  expect(guardText(block, 'to ann@example.com', output)).toMatchObject({
    text: '',
    blocked: { ruleId: 'pii.email', action: 'block', count: 1 },
  })
  const report = defineGuardrails({ rules: [{ rule: emailRule(), action: 'report' }] })
  expect(guardText(report, 'to ann@example.com', output)).toMatchObject({
    text: 'to ann@example.com',
    verdicts: [{ action: 'report', count: 1 }],
  })
})

test('a text at the limit passes, one over it is blocked with limit and size', () => {
  const short = defineGuardrails({ rules: [{ rule: lengthRule({ maxChars: 5 }), action: 'block' }] })
  expect(guardText(short, '12345', input).blocked).toBeUndefined()
  expect(guardText(short, '123456', input).blocked).toMatchObject({ limit: 5, size: 6 })
})

test('no placeholder is found by any rule, whatever stands around it', () => {
  const types = 'email card phone openai_key github_token aws_access_key jwt private_key'.split(' ')
  const placeholder = fc.constantFrom(...types.map(placeholderFor))
  fc.assert(
    fc.property(
      fc.array(fc.oneof(placeholder, fc.constantFrom(' ', '@', '-', 'a', '1', '+', '.')), { maxLength: 9 }),
      (pieces) => {
        const text = pieces.join('')
        expect(guarded(text)).toBe(text)
      },
    ),
  )
})

test('the size of a card or a phone number does not depend on the other rules', () => {
  const alone = defineGuardrails({
    rules: [cardRule(), phoneRule()].map((rule) => ({ rule, action: 'redact' as const })),
  })
  expect(guardText(alone, '4111 1111 1111 1111 and 212-555-0147', input).text).toBe('[CARD] and [PHONE]')
})
