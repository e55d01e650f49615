import { expect, test } from 'vitest'

import { fullReport } from '../__fixtures__/report.ts'
import { beforeAfterCells } from './before-after.ts'
import { cacheImpactCells } from './cache-impact.ts'
import { savingCurveCells } from './saving-curve.ts'

const { cacheImpact } = fullReport()
const [embedding, plain] = cacheImpact?.traces ?? []

test('the terminal table has a row for each entrant and setting, each as wide as its heading', () => {
  const rows = embedding ? cacheImpactCells(embedding) : []
  expect(rows).toHaveLength(1 + 4 * 3 + 2)
  expect(rows).toContainEqual([
    'scratch',
    'exact + embeddings',
    '$0.0835',
    '40.4 %',
    '40.0 %',
    '6,000',
    '784 ms',
    '1,792 ms',
    '0',
  ])
  expect(rows).toContainEqual(['ai-sdk', 'none', '$0.1400', '-', '-', '10,000', '1,680 ms', '2,688 ms', '0'])
  expect(new Set(rows.map((row) => row.length)).size).toBe(1)
})

test('a trace that embeds nothing has one column after the cache, and no embedding calls', () => {
  const rows = plain ? beforeAfterCells(plain, 'langchain') : []
  expect(rows[0]).toEqual(['Metric', 'Before cache', 'After cache'])
  expect(rows).toContainEqual(['embedding calls (counted)', '-', '-'])
})

test('the curve has a row for each repeat rate and a column for each line', () => {
  const rows = savingCurveCells(cacheImpact?.curve ?? [])
  expect(rows[0]?.slice(0, 3)).toEqual(['repeat rate', 'scratch, exact', 'scratch, exact + embeddings'])
  expect(rows.at(-1)?.slice(0, 3)).toEqual(['80.0 %', '60.0 %', '64.0 %'])
})
