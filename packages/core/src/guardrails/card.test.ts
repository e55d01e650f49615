import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectRuleLaws, found } from './__fixtures__/rule-laws.ts'
import { cardRule, passesLuhn } from './card.ts'

const rule = cardRule()

/** A number with the given start and length whose last digit makes it pass. */
function card(start: string, length: number): string {
  const body = start.padEnd(length - 1, '70315824')
  return Array.from({ length: 10 }, (_none, digit) => `${body}${digit}`).find((number) =>
    passesLuhn(Array.from(number, Number)),
  ) as string
}

test('cards of every length are found', () => {
  for (let length = 12; length <= 19; length++) {
    const number = card('5018', length)
    expect(found(rule, `card ${number}.`), number).toEqual([number])
  }
})

test('cards of every network are found', () => {
  for (const number of [
    '4111111111111111',
    '4222222222222',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '30569309025904',
    '6011111111111117',
    '3530111333300000',
    '6200000000000005',
    '6304000000000000',
  ]) {
    expect(found(rule, `${number}`), number).toEqual([number])
  }
})

test('groups joined by spaces or dashes are found', () => {
  for (const number of [
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '3782 822463 10005',
    '3056 930902 5904',
    '4222 2222 2222 2',
  ]) {
    expect(found(rule, `pay ${number} now`), number).toEqual([number])
  }
  expect(found(rule, 'no. 12 4111 1111 1111 1111 12/27')).toEqual(['4111 1111 1111 1111'])
  expect(found(rule, String.raw`{"card":"x\n4111111111111111"}`)).toEqual(['4111111111111111'])
})

test('a wrong check digit, a longer number, a word, a fraction, a UUID and a timestamp are not cards', () => {
  for (const text of [
    '4111111111111112',
    '+447700677662',
    '41111111111111111111111',
    'id4111111111111111',
    '4111111111111111a',
    '0.4111111111111111',
    '550e8400-e29b-41d4-a716-401400000009',
    '1700000000000',
    '20231124120000',
    '4111  1111  1111  1111',
  ]) {
    expect(found(rule, text), text).toEqual([])
  }
})

test('one changed digit is always noticed by the Luhn check', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 18 })
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
      const last = Array.from({ length: 10 }, (_none, digit) => digit).find((digit) =>
        passesLuhn([...body, digit]),
      )
      const number = [...body, last ?? -1]
      const wrong = number.map((digit, index) => (index === at % number.length ? (digit + by) % 10 : digit))
      expect([passesLuhn(number), passesLuhn(wrong)]).toEqual([true, false])
    }),
  )
})

test('findings are local and final', () => expectRuleLaws(rule))
