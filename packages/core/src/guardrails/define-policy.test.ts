import { expect, test } from 'vitest'
import { defaultGuardrails } from './default-policy.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { injectionRule } from './injection.ts'
import { lengthRule } from './length.ts'
import { phoneRule } from './phone.ts'

test('policies that decide alike share a fingerprint', () => {
  expect(defaultGuardrails().fingerprint).toMatch(/^[0-9a-f]{64}$/)
  expect(defaultGuardrails().fingerprint).toBe(defaultGuardrails().fingerprint)
  const all = defineGuardrails({ rules: [{ rule: emailRule(), action: 'redact' }] })
  const named = defineGuardrails({
    rules: [{ rule: emailRule(), action: 'redact', directions: ['output', 'input'] }],
  })
  expect(named.fingerprint).toBe(all.fingerprint)
})

test('rules, versions, actions, directions and order change the fingerprint', () => {
  const email = { rule: emailRule(), action: 'redact' } as const
  const phone = { rule: phoneRule(), action: 'redact' } as const
  const policies = [
    [email],
    [phone],
    [email, phone],
    [phone, email],
    [{ ...email, action: 'report' } as const],
    [{ ...email, directions: ['input'] } as const],
    [{ ...email, rule: { ...emailRule(), version: '99' } }],
  ].map((rules) => defineGuardrails({ rules }).fingerprint)
  expect(new Set(policies).size).toBe(policies.length)
})

test('a repeated id, a foreign direction and an impossible redaction are refused', () => {
  const email = { rule: emailRule(), action: 'redact' } as const
  expect(() => defineGuardrails({ rules: [email, email] })).toThrow('pii.email')
  expect(() =>
    defineGuardrails({ rules: [{ rule: injectionRule(), action: 'block', directions: ['output'] }] }),
  ).toThrow(TypeError)
  expect(() => defineGuardrails({ rules: [{ rule: lengthRule(), action: 'redact' }] })).toThrow(TypeError)
  expect(() => defineGuardrails({ rules: [{ rule: injectionRule(), action: 'redact' }] })).toThrow(TypeError)
})
