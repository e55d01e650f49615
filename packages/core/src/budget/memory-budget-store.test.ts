import fc from 'fast-check'
import { expect, test } from 'vitest'

import { assertBudgetOptions, budgetWindows, type BudgetOptions } from './budget-options.ts'
import type { BudgetClaim } from './budget-store.ts'
import { createMemoryBudgetStore } from './memory-budget-store.ts'

const noon = Date.UTC(2026, 10, 24, 12)

function claimOf(
  amountNanoUsd: number,
  options: BudgetOptions,
  nowMs = noon,
  id = crypto.randomUUID(),
): BudgetClaim {
  return { id, tenant: 'acme', amountNanoUsd, windows: budgetWindows(options, 'acme', nowMs), nowMs }
}

test('windows are UTC hours and days of those limits that a tenant has', () => {
  const options = { eachTenant: { hourUsd: 1.5 }, tenants: { acme: { dayUsd: 2, hourUsd: 1 }, free: {} } }
  expect(
    budgetWindows(options, 'acme', noon + 1).map(({ name, startMs, endMs, limitNanoUsd }) => [
      name,
      startMs,
      endMs,
      limitNanoUsd,
    ]),
  ).toEqual([
    ['hour', noon, noon + 3_600_000, 1e9],
    ['day', Date.UTC(2026, 10, 24), Date.UTC(2026, 10, 25), 2e9],
  ])
  expect(budgetWindows(options, 'free', noon)).toEqual([])
  expect(budgetWindows(options, '__proto__', noon).map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([1.5e9])
})

test('what is spent and held together never passes the limit, whatever is reserved and settled in which order', () => {
  const options = { eachTenant: { hourUsd: 0.000001 } }
  const step = fc.record({ amount: fc.nat(400), cost: fc.nat(400), settles: fc.nat(5) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = createMemoryBudgetStore()
      const held: BudgetClaim[] = []
      let spent = 0
      for (const { amount, cost, settles } of steps) {
        const claim = claimOf(amount, options)
        const before = spent + held.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0)
        const { refused } = store.reserve(claim) as Awaited<ReturnType<typeof store.reserve>>
        expect(refused !== undefined).toBe(before + amount > 1000)
        if (refused === undefined) held.push(claim)
        else expect(refused.usedNanoUsd).toBe(before)
        const settled = held.splice(0, settles === 0 ? 1 : 0)
        for (const ended of settled) {
          const paid = Math.min(cost, ended.amountNanoUsd)
          store.settle(ended, paid)
          // The second time is no other time.
          store.settle(ended, paid)
          spent += paid
        }
      }
    }),
  )
})

test('a clock that is set back gives no fresh budget, and what began in an hour is spent in that hour', () => {
  const options = { eachTenant: { hourUsd: 1e-9 } }
  const store = createMemoryBudgetStore()
  const first = claimOf(1, options)
  expect(store.reserve(first)).toEqual({ warnings: [{ window: first.windows[0], usedNanoUsd: 0 }] })
  expect(store.reserve(claimOf(1, options, noon - 7_200_000))).toHaveProperty('refused.usedNanoUsd', 1)
  store.reserve(claimOf(1, options, noon + 3_600_000))
  store.settle(first, 1)
  expect(store.reserve(claimOf(0, options, noon + 3_600_000))).not.toHaveProperty('refused')
})

test('options that make no sense are refused by name', () => {
  expect(() => assertBudgetOptions({ eachTenant: { hourUsd: -1 } })).toThrow('hourUsd of eachTenant')
  expect(() => assertBudgetOptions({ tenants: { acme: { dayUsd: Number.NaN } } })).toThrow('dayUsd of acme')
  expect(() => assertBudgetOptions({ warnAt: 0 })).toThrow('warnAt')
  expect(() => assertBudgetOptions({ maxOutputTokens: -1 })).toThrow('maxOutputTokens')
})
