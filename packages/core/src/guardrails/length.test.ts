import { expect, test } from 'vitest'
import { lengthRule } from './length.ts'

test('the limit is part of the version, and so of the cache key', () => {
  expect(lengthRule().maxChars).toBe(100_000)
  expect(lengthRule({ maxChars: 5 }).version).not.toBe(lengthRule({ maxChars: 6 }).version)
  expect(lengthRule({ direction: 'output' })).toMatchObject({ id: 'length.output', directions: ['output'] })
})

test('a limit that is no positive integer is refused with its value', () => {
  for (const maxChars of [0, -1, 1.5, NaN]) {
    expect(() => lengthRule({ maxChars })).toThrow(`got ${maxChars}`)
  }
})
