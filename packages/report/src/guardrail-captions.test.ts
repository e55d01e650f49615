import { expect, test } from 'vitest'

import { guardrailsOf } from './__fixtures__/guardrails.ts'
import { guardrailCaptions } from './guardrail-captions.ts'

test('small sets of our own are called so, with how little they show', () => {
  const guardrails = guardrailsOf()
  const [row] = guardrails.rows
  if (row === undefined) throw new Error('The fixture has no row.')
  const said = guardrailCaptions.smallSets({ ...guardrails, rows: [{ ...row, set: 'inj_own', n: 12 }] })
  expect(said).toContain('(inj_own)')
  expect(said).toContain('of our own writing')
  // Wilson: 12 / (12 + 1.96²).
  expect(said).toContain('12 of 12 been right, the 95 % Wilson interval would reach down to 75.8 %')
  const large = guardrailCaptions.smallSets({ ...guardrails, rows: [{ ...row, n: 500 }] })
  expect(large).toBeUndefined()
})

test('0.0 ms is explained where vard was given more than it takes, and only there', () => {
  const guardrails = guardrailsOf()
  expect(guardrailCaptions.growth(guardrails)).not.toContain('vard')
  const withVard = {
    ...guardrails,
    entrants: [{ name: 'vard', version: '1.2.0', families: ['injection' as const] }],
    growth: [{ entrant: 'vard', piece: 'a', chars: 32_768, ms: 0 }],
  }
  expect(guardrailCaptions.growth(withVard)).toContain('refuses texts of over 10,000 characters')
})
