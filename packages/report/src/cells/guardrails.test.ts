import { expect, test } from 'vitest'

import { guardrailsOf } from '../__fixtures__/guardrails.ts'
import {
  guardrailGaps,
  guardrailGrowthCells,
  guardrailHoldCells,
  guardrailRowCells,
  guardrailScoreCells,
  guardrailTimingCells,
} from './guardrails.ts'

test('each family has a table, with those who look for it and how much of the set they were asked', () => {
  expect(guardrailScoreCells(guardrailsOf())).toEqual([
    {
      family: 'injection',
      cells: [
        ['set', 'n', 'plumbline'],
        ['inj_x', '100', 'P 90.0 % R 90.0 % FP 10.0 %'],
      ],
    },
    {
      family: 'personal data',
      cells: [
        ['set', 'n', 'plumbline', 'peer'],
        ['pii_x', '100', 'P 80.0 % R 80.0 % FP 10.0 %', 'P 50.0 % R 50.0 % FP 10.0 % (n 50)'],
      ],
    },
    {
      family: 'secrets',
      cells: [
        ['set', 'n', 'plumbline'],
        ['inj_benign', '100', 'FP 10.0 %'],
      ],
    },
  ])
})

test('what it costs stands beside what is looked for', () => {
  expect(guardrailTimingCells(guardrailsOf())).toEqual([
    ['entrant', 'version', 'looks for', 'short, us p50', 'p99', '2 kB, us p50', 'p99'],
    ['plumbline', 'this commit', 'injection, personal data, secrets', '10.0', '20.0', '10.0', '20.0'],
    ['peer', '1.0.0', 'personal data', '10.0', '20.0', '10.0', '20.0'],
  ])
})

test('of hostile texts the slowest is shown, and how many were left out', () => {
  expect(guardrailGrowthCells(guardrailsOf())).toEqual([
    ['entrant', '2k, ms', '8k, ms', 'slowest on', 'left out'],
    ['plumbline', '2.0', '8.0', '"a@"', '-'],
    ['peer', '500.0', '-', '"a@"', '1 of 2 texts'],
  ])
})

test('what a stream holds back is a number, the whole answer, or not said', () => {
  expect(guardrailHoldCells(guardrailsOf())?.slice(1)).toEqual([
    ['default', '1000'],
    ['hold: all', 'the whole answer'],
  ])
  const { holds: _, ...older } = guardrailsOf()
  expect(guardrailHoldCells(older)).toBeUndefined()
})

test('every row has what there is, and a dash where there is nothing', () => {
  expect(guardrailRowCells(guardrailsOf())[1]?.slice(4, 8)).toEqual([
    '90.0 % [82.6, 94.5], 1,800 of 2,000',
    '90.0 % [82.6, 94.5], 1,800 of 2,000',
    '90.0 %',
    '10.0 %',
  ])
  expect(guardrailRowCells(guardrailsOf())[2]).toEqual([
    'plumbline',
    'inj_benign',
    'secret',
    '100',
    '-',
    '-',
    '-',
    '10.0 %',
    '10.0',
    '20.0',
  ])
  expect(guardrailGaps(guardrailsOf())).toEqual([
    'another peer: not measured, because not installed. npm ci --prefix somewhere.',
  ])
})
