import { expect, test } from 'vitest'

import { createWorkload } from './workload.ts'

test('the same options give the same workload, another seed another one', () => {
  const options = { requests: 200, seed: 7 }
  expect(createWorkload(options)).toEqual(createWorkload(options))
  expect(createWorkload({ ...options, seed: 8 }).facts.sha256).not.toBe(createWorkload(options).facts.sha256)
})

test('arrivals never go back and come at about the rate that was asked for', () => {
  const { requests } = createWorkload({ requests: 2_000, seed: 1, ratePerSecond: 10 })
  const times = requests.map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const seconds = (times.at(-1) ?? 0) / 1000
  expect(seconds).toBeGreaterThan(180)
  expect(seconds).toBeLessThan(220)
})

test('popular questions repeat more, variants less', () => {
  const repeats = (options: object): number =>
    createWorkload({ requests: 2_000, seed: 1, ...options }).facts.repeatShare
  const shares = [0, 1, 2, 3].map((popularityExponent) => repeats({ popularityExponent }))
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(repeats({ variantShare: 0.9 })).toBeLessThan(repeats({ variantShare: 0 }))
})

test('every request says its temperature, and the share that may be cached is counted from it', () => {
  const { requests, facts } = createWorkload({ requests: 1_000, seed: 1 })
  const zeros = requests.filter(({ chat }) => chat.temperature === 0).length
  expect(requests.every(({ chat }) => typeof chat.temperature === 'number')).toBe(true)
  expect(facts.cacheableShare).toBe(zeros / 1_000)
  expect(facts.cacheableShare).toBeLessThan(1)
})
