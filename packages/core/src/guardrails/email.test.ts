import { expect, test } from 'vitest'
import { expectRuleLaws, found } from './__fixtures__/rule-laws.ts'
import { emailRule } from './email.ts'

const rule = emailRule()

test('addresses are found without what stands around them', () => {
  expect(found(rule, 'Write to ann.lee+news@mail.example.org, please.')).toEqual([
    'ann.lee+news@mail.example.org',
  ])
  expect(found(rule, "<ann@example.com>; ('bob@example.co.uk')")).toEqual([
    'ann@example.com',
    'bob@example.co.uk',
  ])
  expect(found(rule, 'mailto:ann@example.com?subject=hi&cc=bob@example.com')).toEqual([
    'ann@example.com',
    'bob@example.com',
  ])
  expect(found(rule, '请联系zhang@example.com谢谢')).toEqual(['zhang@example.com'])
  expect(found(rule, 'jörg@müller.example')).toEqual(['jörg@müller.example'])
  expect(found(rule, 'a@xn--mller-kva.xn--p1ai')).toEqual(['a@xn--mller-kva.xn--p1ai'])
})

test('the escape before an address in JSON is not part of it', () => {
  expect(found(rule, String.raw`{"to":"Hi\nann@example.com\n"}`)).toEqual(['ann@example.com'])
  expect(found(rule, String.raw`\u00e9ann@example.com`)).toEqual(['ann@example.com'])
})

test('handles, versions, hosts without a dot and image files are not addresses', () => {
  for (const text of [
    '@ann hello',
    'lodash@4.17.21',
    'root@localhost',
    'logo@2x.png',
    'a @ b.com',
    'user@10.0.0.1',
    'ann@.com',
  ]) {
    expect(found(rule, text), text).toEqual([])
  }
})

test('of an overlong local part the last 64 characters are found', () => {
  expect(found(rule, `${'a'.repeat(100)}@example.com`)).toEqual([`${'a'.repeat(64)}@example.com`])
})

test('prose is held from its last word on', () => {
  expect(rule.holdFrom?.('Hello the')).toBe(6)
  expect(rule.holdFrom?.('Hello the ')).toBe(10)
  expect(rule.holdFrom?.('to ann@exam')).toBe(3)
})

test('findings are local and final', () => expectRuleLaws(rule))
