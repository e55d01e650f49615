import { expect, test } from 'vitest'

import { balancedOrder } from './balanced-order.ts'

const counts = [1, 2, 3, 5, 8]

/** The orders of one whole rotation, each with its reverse after it, as they are run. */
function rotation(count: number): number[][] {
  return Array.from({ length: count }, (_, round) => {
    const order = balancedOrder(round, count)
    return [...order, ...order.toReversed()]
  })
}

test('an order zigzags, and rotates with the round', () => {
  expect(balancedOrder(0, 6)).toEqual([0, 1, 5, 2, 4, 3])
  expect(balancedOrder(1, 6)).toEqual([1, 2, 0, 3, 5, 4])
  expect(balancedOrder(6, 6)).toEqual(balancedOrder(0, 6))
})

test.each(counts)('of %i, each is there once in each order, and first once in a rotation', (count) => {
  const all = Array.from({ length: count }, (_, index) => index)
  for (let round = 0; round < count; round++)
    expect(balancedOrder(round, count).toSorted((a, b) => a - b)).toEqual(all)
  expect(all.map((round) => balancedOrder(round, count)[0])).toEqual(all)
})

test.each(counts)('of %i with the reverse, the mean place of each is the same in every round', (count) => {
  for (const order of rotation(count)) {
    const sums = Array.from({ length: count }, (_, index) => order.indexOf(index) + order.lastIndexOf(index))
    expect(new Set(sums)).toEqual(new Set([2 * count - 1]))
  }
})

test.each(counts)('of %i with the reverse, each follows each other equally often', (count) => {
  const follows = new Map<string, number>()
  for (const order of rotation(count)) {
    for (const [place, index] of order.entries()) {
      const before = order[place - 1]
      // In the middle each order meets its reverse in the same one.
      if (before === undefined || before === index) continue
      follows.set(`${before} ${index}`, (follows.get(`${before} ${index}`) ?? 0) + 1)
    }
  }
  expect(follows.size).toBe(count * (count - 1))
  expect(new Set(follows.values()).size).toBe(count === 1 ? 0 : 1)
})
