import { expect, test } from 'vitest'
import { expectRuleLaws, found } from './__fixtures__/rule-laws.ts'
import { phoneRule } from './phone.ts'

const rule = phoneRule()

test('numbers that look like telephone numbers are found whole', () => {
  for (const number of [
    '+1 212 555 0147',
    '+12125550147',
    '+44 20 7946 0958',
    '+44 (0)20 7946 0958',
    '(+49) 30 123456',
    '+49-30-123456',
    '(212) 555-0147',
    '212-555-0147',
    '212.555.0147',
    '1-212-555-0147',
    '001-212-555-0147',
    '212-555-0147x123',
    '212-555-0147 ext. 12',
    '212 555 0147',
    '020 7946 0958',
    '030/1234567',
    '06 12 34 56 78',
    '0412 345 678',
    '0431 35 06 90',
  ]) {
    expect(found(rule, `Ring ${number}, please`), number).toContain(number)
  }
})

test('a bare number is one only after a word that says so', () => {
  expect(found(rule, 'phone: 5550147')).toEqual(['5550147'])
  expect(found(rule, '{"phone":"2125550147"}')).toEqual(['2125550147'])
  expect(found(rule, 'call me at 555 0147')).toEqual(['555 0147'])
  expect(found(rule, 'order 5550147, invoice 2125550147')).toEqual([])
})

test('or before one that ends a line or a clause, as in a signature', () => {
  expect(found(rule, '97 111421 office\n5550147-Fax, 781 1704 (mobile)')).toEqual([
    '97 111421',
    '5550147',
    '781 1704',
  ])
  for (const text of ['1500000 phone calls', '2000000 mobile users', '97 111421 officers'])
    expect(found(rule, text), text).toEqual([])
})

test('dates, times, addresses, versions, prices, years and identity numbers are left alone', () => {
  for (const text of [
    '2023-11-24',
    '24.11.2023',
    '11/24/2023',
    '2023-11-24T10:00:00.000Z',
    '192.168.100.200',
    'v10.20.3000',
    '$1,234,567.89',
    '1 000 000',
    '2019 2020 2021',
    'phone on 2023-11-24',
    '0001-01-01',
    '060-25-2440',
    '123-45-6789',
    '012-45-6789',
    '978-3-16-148410-0',
    '123-456-7890-1234',
    '#212-555-0147',
    '550e8400-e29b-41d4-a716-446655440000',
    '1.5e10',
  ]) {
    expect(found(rule, text), text).toEqual([])
  }
})

test('prose is not held, a number at the end is', () => {
  expect(rule.holdFrom?.('Hello, ')).toBe(7)
  expect(rule.holdFrom?.('call +1 212')).toBe(5)
  expect(rule.holdFrom?.('call +1 212 555 0147 now')).toBe(24)
  expect(rule.holdFrom?.('see 97 111421 off')).toBe(4)
  expect(rule.holdFrom?.('see 97 111421 of it')).toBe(19)
})

test('findings are local and final', () => expectRuleLaws(rule))
