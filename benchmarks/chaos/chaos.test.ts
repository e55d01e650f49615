import { expect, test } from 'vitest'

import { knownEntrants, loadEntrant } from '../src/entrants.ts'
import { checkLedger } from './ledger.ts'
import { runChaos } from './run-chaos.ts'

const builds = knownEntrants.filter(({ heldTo }) => heldTo === 'contract')

test.each(builds)('$name holds through a short chaos', async (known) => {
  const { violations, calls } = await runChaos({ entrant: await loadEntrant(known), seconds: 4, seed: 7 })
  expect(violations).toEqual([])
  expect(calls).toBeGreaterThan(50)
})

test('the books notice a bill for nothing, a double bill and a wrong one', () => {
  const record = {
    costNanoUsd: 1_000 * 2_500 + 10_000,
    savedNanoUsd: 0,
    inputTokens: 1_000,
    usageEstimated: false,
    operation: 'chat',
  }
  // The ledger reads these fields alone.
  const books = (records: object[], status: number): string[] =>
    checkLedger(records as never, [], [{ status }] as never, 0)
  expect(books([record], 200)).toEqual([])
  expect(books([record], 500)).toEqual(['Exchange 0 was billed and sent no answer.'])
  expect(books([record, record], 200)).toEqual(['Exchange 0 was billed 2 times.'])
  expect(books([{ ...record, costNanoUsd: 1 }], 200)).toEqual(['Exchange 0 was billed at 1, not 2510000.'])
})
