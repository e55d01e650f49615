import { expect, test } from 'vitest'

import {
  formatCount,
  formatDollars,
  formatMs,
  formatSeconds,
  formatShare,
  formatShareRange,
} from './figures.ts'

test('figures carry their unit and no more digits than they mean', () => {
  expect(formatShare(0.4125)).toBe('41.3 %')
  expect(formatShare(-0.0001)).toBe('0.0 %')
  expect(formatShare(-0.05)).toBe('-5.0 %')
  expect(formatShareRange({ low: 0.1, high: 0.5 })).toBe('10.0 % to 50.0 %')
  expect(formatShareRange({ low: 0.1, high: 0.10001 })).toBe('10.0 %')
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect([0, 150_000, 12_500_000, 1_250_000_000_000].map(formatDollars)).toEqual([
    '$0.00',
    '$0.000150',
    '$0.0125',
    '$1,250.00',
  ])
  expect([0, 0.42, 9.99, 1250.4].map(formatMs)).toEqual(['0 ms', '0.4 ms', '10.0 ms', '1,250 ms'])
  expect([4, 999, 1_449, 9_960, 12_003].map(formatSeconds)).toEqual([
    '0.0 s',
    '1.0 s',
    '1.4 s',
    '10 s',
    '12 s',
  ])
})
