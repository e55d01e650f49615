import { expect, test } from 'vitest'

import { wilsonInterval } from './wilson.ts'

test('none of ten is not never, all of ten not always, and more of them are known better', () => {
  // As R's `prop.test(0, 10, correct = FALSE)` and `binom::binom.wilson` have it.
  expect(wilsonInterval(0, 10).low).toBe(0)
  expect(wilsonInterval(0, 10).high).toBeCloseTo(0.2775, 3)
  expect(wilsonInterval(10, 10).low).toBeCloseTo(0.7225, 3)
  expect(wilsonInterval(50, 100).low).toBeCloseTo(0.4038, 3)
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
})
