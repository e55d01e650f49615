import { expect, test } from 'vitest'

import { createRetryBudget } from './retry-budget.ts'

function retriesOf(calls: number, options?: Parameters<typeof createRetryBudget>[0], nowMs = 0): number {
  const budget = createRetryBudget(options)
  let taken = 0
  for (let call = 0; call < calls; call++) {
    budget.sawCall(nowMs)
    for (let retry = 0; retry < 2; retry++) if (budget.take(nowMs)) taken++
  }
  return taken
}

test('when everything fails, retries are a tenth of the calls and the floor', () => {
  expect(retriesOf(1_000)).toBe(110)
  expect(retriesOf(3)).toBe(6)
  expect(retriesOf(100, { ratio: 0, floor: 3 })).toBe(3)
})

test('the floor comes back within a minute, what is saved up is bounded', () => {
  const budget = createRetryBudget({ ratio: 0.5, floor: 2 })
  const takeAll = (nowMs: number): number => {
    let taken = 0
    while (budget.take(nowMs)) taken++
    return taken
  }
  expect([takeAll(0), takeAll(0), takeAll(30_000), takeAll(90_000)]).toEqual([2, 0, 1, 2])
  for (let call = 0; call < 1_000; call++) budget.sawCall(90_000)
  expect(takeAll(90_000)).toBe(100)
  expect(retriesOf(100, { ratio: 0.1, floor: 0 })).toBe(10)
})

test('options that make no sense are refused by name', () => {
  expect(() => createRetryBudget({ ratio: 2 })).toThrow('ratio')
  expect(() => createRetryBudget({ floor: -1 })).toThrow('floor')
})
