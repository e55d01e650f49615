import { expect, test } from 'vitest'

import { besideFirst } from './beside-first.ts'

test('a row that differs by more than the baseline from itself shows a difference', () => {
  const [first, again, alike, twice] = besideFirst(
    [
      [100, 101, 99, 100, 102],
      [101, 99, 100, 103, 100],
      [100, 102, 100, 99, 101],
      [200, 202, 198, 200, 204],
    ],
    1,
  )
  expect(first).toEqual({ noDifferenceShown: true })
  expect(again?.noDifferenceShown).toBe(true)
  expect(alike?.noDifferenceShown).toBe(true)
  expect(twice?.ratio?.ratio).toBe(2)
  expect(twice?.noDifferenceShown).toBe(false)
})
