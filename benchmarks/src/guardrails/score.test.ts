import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { readLabelledSets } from './labelled-set.ts'
import { measureSets } from './measure-sets.ts'
import { plumblineDetectors } from './plumbline-detectors.ts'
import { countSpans, countText, emptyCounts, toScores } from './score.ts'

test('texts are scored as detected or not', () => {
  const counts = emptyCounts()
  countText(counts, 1, true)
  countText(counts, 1, false)
  countText(counts, 0, true)
  countText(counts, 0, false)
  expect(toScores(counts)).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5, falsePositiveRate: 0.5 })
  const { precision, recall, falsePositiveRate } = toScores(counts).counts
  for (const counted of [precision, recall, falsePositiveRate])
    expect(counted).toMatchObject({ found: 1, of: 2 })
  // Wilson: (1 + 1.96² / 2 ± 1.96 √(1/2 + 1.96² / 4)) / (2 + 1.96²).
  expect(recall?.low).toBeCloseTo(0.0945, 4)
  expect(recall?.high).toBeCloseTo(0.9055, 4)
})

test('a set without positives has a false-positive rate alone', () => {
  const counts = emptyCounts()
  countText(counts, 0, true)
  expect(toScores(counts)).toMatchObject({ precision: null, recall: null, f1: null, falsePositiveRate: 1 })
  expect(toScores(counts).counts).toMatchObject({
    precision: null,
    recall: null,
    falsePositiveRate: { found: 1, of: 1 },
  })
})

test('personal data is found where a detection of its type overlaps it', () => {
  const counts = emptyCounts()
  const labelled = [
    { type: 'PHONE_NUMBER', start: 0, end: 10 },
    { type: 'CREDIT_CARD', start: 20, end: 36 },
    { type: 'PERSON', start: 40, end: 48 },
  ]
  countSpans(counts, labelled, [
    { type: 'phone', start: 2, end: 10 },
    { type: 'phone', start: 20, end: 36 },
    { type: 'name', start: 40, end: 48 },
  ])
  expect(counts).toMatchObject({ truePositives: 1, falsePositives: 1, falseNegatives: 1, benign: 0 })
})

test('our own sets run through our own rules, every family with a row', async () => {
  const sets = readLabelledSets(fileURLToPath(new URL('../../data/guardrails', import.meta.url)))
  const rows = await measureSets(plumblineDetectors(), sets)
  expect(rows.map(({ set, family }) => `${set} ${family}`)).toEqual([
    'inj_own injection',
    'inj_own secret',
    'pii_own pii',
    'sec_own secret',
  ])
})
