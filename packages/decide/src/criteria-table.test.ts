import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { criteriaTable } from './criteria-table.ts'
import { defaultCriteria } from './criteria.ts'
import { verdictLimits } from './decide.ts'
import { presetNames } from './presets.ts'

const doc = readFileSync(new URL('../../../docs/decision-framework.md', import.meta.url), 'utf8')

test('the criteria that are published are the ones that are used', () => {
  expect(doc).toContain(criteriaTable(defaultCriteria))
})

test('the limits between the verdicts, and every preset, are published', () => {
  expect(doc).toContain(`under ${verdictLimits.margin}`)
  expect(doc).toContain(`${verdictLimits.ahead * 100} %`)
  for (const name of presetNames) expect(doc).toContain(`\`${name}\``)
})
