import { expect, test } from 'vitest'

import { changeCostOf, footprintOf } from '../__fixtures__/footprint.ts'
import { changeCostCells } from './change-cost.ts'
import { footprintCells, footprintGaps, ownLinesCells } from './footprint.ts'

test('each row has what it brings, and a dash where there is nothing', () => {
  const [, sdk, scratch] = footprintCells(footprintOf())
  expect(sdk).toEqual(['openai', '1', '10.0', '0', '100', 'baseline', '1', '10', '10', '1', '–', '–'])
  expect(scratch).toEqual([
    '@plumbline/scratch',
    '2',
    '20.0',
    '0',
    '200',
    '2.00 [1.90, 2.10]',
    '2',
    '20',
    '–',
    '2',
    '107',
    '1000',
  ])
})

test('what is missing is said in words', () => {
  expect(footprintGaps(footprintOf())).toEqual([
    '@plumbline/scratch, browser: no bundle, it needs node:fs.',
    '@plumbline/langchain, browser: no bundle, it needs node:fs.',
    'known vulnerabilities: not measured. npm audit.',
  ])
})

test('files stand beside their counterparts', () => {
  expect(ownLinesCells(footprintOf())).toEqual([
    ['file', 'scratch', 'langchain'],
    ['chat.ts', '100', '200'],
    ['langchain.ts', '–', '7'],
    ['scratch.ts', '7', '–'],
    ['all', '107', '207'],
  ])
})

test('changes stand in a line, the builds beside each other', () => {
  expect(changeCostCells(changeCostOf())).toEqual([
    [
      'change',
      'scratch lines',
      'files',
      'packages',
      'test lines',
      'langchain lines',
      'files',
      'packages',
      'test lines',
    ],
    ['tool-loop', '+60 −2', '2', '0', '20', '+6 −1', '1', '0', '20'],
  ])
})
