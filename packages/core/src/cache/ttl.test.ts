import { expect, test } from 'vitest'

import { assertTtl, jitteredTtlMs } from './ttl.ts'

test('a lifetime lies between 1 - jitter and 1 of the TTL, and is never nothing', () => {
  const lifetime = (random: number) => jitteredTtlMs(60_000, 0.1, () => random)
  expect([lifetime(0), lifetime(0.5), lifetime(1)]).toEqual([60_000, 57_000, 54_000])
  expect(jitteredTtlMs(1, 1, () => 0.999)).toBe(1)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a TTL of %d is refused by name', (ttlMs) => {
  expect(() => assertTtl('cacheTtlMs', ttlMs)).toThrow(/^cacheTtlMs must/)
})

test('a fraction of a ms is a TTL, and none is none', () => {
  expect(() => assertTtl('ttlMs', 0.5)).not.toThrow()
  expect(() => assertTtl('ttlMs', undefined)).not.toThrow()
})
