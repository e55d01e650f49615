import { readFileSync } from 'node:fs'

import { headline, headlineText } from '@plumbline/report'
import { expect, test } from 'vitest'

import { readResults } from './results.ts'

test('the README says what the recorded results say', () => {
  const recorded = headline(readResults().toReversed())
  if (recorded === undefined) expect.fail('No result is recorded in benchmarks/results.')
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(headlineText(recorded))
})
