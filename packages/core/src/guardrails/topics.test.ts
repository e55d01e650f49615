import { expect, test } from 'vitest'
import { expectRuleLaws, found } from './__fixtures__/rule-laws.ts'
import { topicsRule } from './topics.ts'

const rule = topicsRule({
  id: 'topic.test',
  terms: ['Café', 'new york', 'Straße', 'C++', '漢字', 'new', 'hello', 'x'],
})

test('whole words are found, whatever their case, accents and spacing', () => {
  expect(found(rule, 'CAFE, cafe\u0301 and Çafé')).toEqual(['CAFE', 'cafe\u0301', 'Çafé'])
  expect(found(rule, 'STRASSE')).toEqual(['STRASSE'])
  expect(found(rule, 'In New\n  York we code C++.')).toEqual(['New\n  York', 'C++'])
  expect(found(rule, '学漢字ぶ')).toEqual(['漢字'])
  expect(found(rule, String.raw`{"a":"\nhello"}`)).toEqual(['hello'])
})

test('parts of words are not', () => {
  expect(found(rule, 'cafeteria, renew, xx, _x_, hellos, Straßen')).toEqual([])
})

test('the longest of the terms at a place is the finding', () => {
  expect(found(rule, 'new york')).toEqual(['new york'])
  expect(found(rule, 'new yorkers')).toEqual(['new'])
})

test('thousands of terms are one pass', () => {
  const terms = Array.from({ length: 5000 }, (_none, index) => `term${index}`)
  const many = topicsRule({ id: 'topic.many', terms })
  expect(found(many, 'term0 and term4999, not term5000')).toEqual(['term0', 'term4999'])
})

test('terms that differ are another version, their order is not', () => {
  const version = (terms: string[]): string => topicsRule({ id: 't', terms }).version
  expect(version(['a', 'b'])).toBe(version(['b', 'a']))
  expect(version(['a', 'b'])).not.toBe(version(['a,b']))
})

test('no terms and an empty one are refused', () => {
  expect(() => topicsRule({ id: 't', terms: [] })).toThrow(TypeError)
  expect(() => topicsRule({ id: 't', terms: ['a', ' '] })).toThrow(TypeError)
})

test('it is local and final', () => {
  expectRuleLaws(rule)
  expectRuleLaws(topicsRule({ id: 'topic.noise', terms: ['1111 1111', 'the quick', 'sk-', 'e'] }))
})
