import { expect, test } from 'vitest'

import { cacheSpeedOf } from '../__fixtures__/cache-speed.ts'
import type { CacheSpeed } from '../cache-speed.ts'
import { frozenCells, speedCells, speedTitle } from './cache-speed.ts'

test('each row stands beside the first with its interval, and beside its limit where it has one', () => {
  expect(cacheSpeedOf().comparisons.flatMap(speedCells)).toEqual([
    ['row', 'CPU us per hit', 'ratio to the first', 'at most', 'verdict'],
    ['example', '100.0', 'baseline', '-', ''],
    ['example again (A/A)', '100.0', '1.00 [0.90, 1.10]', '-', 'no difference shown'],
    ['a hit', '20.0', '0.20 [0.18, 0.22]', '0.25', 'holds'],
    ['a slow hit', '50.0', '0.50 [0.45, 0.55]', '-', ''],
  ])
})

test('a row over its limit says so', () => {
  const strict = cacheSpeedOf().comparisons.map((comparison) => ({
    ...comparison,
    rows: comparison.rows.map((row) => ({ ...row, ...(row.atMost && { atMost: 0.19 }) })),
  }))
  expect(strict.flatMap(speedCells)[3]?.at(-1)).toBe('over the limit')
})

const verdicts = (frozen: CacheSpeed['frozen']): unknown[] | undefined =>
  frozenCells({ ...cacheSpeedOf(), ...(frozen && { frozen }) })
    ?.slice(1)
    .map((row) => row.at(-1))

test('the slowest of the first calls and the median of the later ones are held to their limits, and no call may fail', () => {
  const [first, later] = cacheSpeedOf().frozen ?? []
  if (!first || !later) throw new Error('the fixture has both')
  expect(verdicts([first, later])).toEqual(['holds', 'holds'])
  expect(verdicts([{ ...first, slowestMs: 101 }, later])).toEqual(['over the limit', 'holds'])
  expect(verdicts([first, { ...later, medianMs: 1.1 }])).toEqual(['holds', 'over the limit'])
  expect(verdicts([{ ...first, failedCalls: 1 }, later])).toEqual(['over the limit', 'holds'])
})

test('where there was no Redis there is no table', () => {
  const { frozen: _, ...without } = cacheSpeedOf()
  expect(frozenCells(without)).toBeUndefined()
})

test('two comparisons of one name are told apart by their unit', () => {
  const [first] = cacheSpeedOf().comparisons
  if (first === undefined) expect.fail('The fixture compares nothing.')
  expect(speedTitle(first)).toBe('Hits: in memory, beside an example (CPU us)')
  expect(speedTitle({ ...first, unit: 'us by the clock' })).not.toBe(speedTitle(first))
})
