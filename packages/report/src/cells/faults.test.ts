import { expect, test } from 'vitest'

import { faultsOf } from '../__fixtures__/faults.ts'
import { faultCountCells } from './fault-counts.ts'
import { faultCells } from './faults.ts'

const faults = faultsOf({ scratch: '0.1.0', 'openai-sdk': '7.57.0' })

test('a fault has a row for each entrant and setting that met it, the heading first', () => {
  const cells = faultCells(faults)
  expect(cells).toHaveLength(1 + faults.rows.length)
  expect(cells.slice(0, 4)).toEqual([
    ['fault', 'entrant', 'retries', 'outcome', 'requests', 'time', 'error'],
    ['500 every time', 'scratch', 'defaults', 'error', '3', '0.8 s', 'UpstreamError UPSTREAM'],
    ['500 every time', 'openai-sdk', 'defaults', 'error', '3', '1.4 s', 'InternalServerError'],
    ['500 every time', 'openai-sdk', '2 retries', 'error', '3', '1.4 s', 'InternalServerError'],
  ])
})

test('a call that did not fail has no error, and one that hangs took longer than the limit', () => {
  const ends = faultCells(faults).map(([fault, entrant, , ...end]) => [fault, entrant, ...end])
  expect(ends).toContainEqual(['200 with an HTML page', 'openai-sdk', 'success', '1', '0.0 s', '-'])
  expect(ends).toContainEqual([
    'stream stalls after its first words',
    'openai-sdk',
    'hangs',
    '1',
    '> 12 s',
    '-',
  ])
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
