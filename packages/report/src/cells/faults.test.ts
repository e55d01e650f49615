import { expect, test } from 'vitest'

import { faultsOf } from '../__fixtures__/faults.ts'
import { faultCountCells } from './fault-counts.ts'
import { faultCells } from './faults.ts'

const faults = faultsOf({ scratch: '0.1.0', 'openai-sdk': '7.57.0' })

test('a fault has a row and each entrant a column, at its defaults', () => {
  const cells = faultCells(faults)
  expect(cells).toHaveLength(1 + faults.faults.length)
  expect(cells[0]).toEqual(['fault', 'scratch', 'openai-sdk'])
  expect(cells).toContainEqual(['500 every time', 'error 3x 0.8 s', 'error 3x 1.4 s'])
  expect(cells.map((row) => row[2])).toContain('success 1x 0.0 s')
  expect(cells.map((row) => row[2])).toContain('hangs 1x > 12 s')
})

test('counts stand for themselves: there is no total', () => {
  expect(faultCountCells(faults)).toEqual([
    [
      'entrant',
      'retries',
      'success',
      'error with a code',
      'error without a code',
      'hangs',
      'errors with the caller in the stack',
    ],
    ['scratch 0.1.0', 'defaults', '1', '8', '0', '0', '8 of 8'],
    ['openai-sdk 7.57.0', 'defaults', '3', '1', '3', '2', '3 of 4'],
    ['openai-sdk 7.57.0', '2 retries', '3', '1', '3', '2', '3 of 4'],
  ])
})

test('an entrant without an error has no stacks to look at', () => {
  const rows = faults.rows.filter(({ outcome }) => outcome === 'success')
  expect(faultCountCells({ ...faults, rows }).map((cells) => cells.at(-1))).toContain('-')
})
