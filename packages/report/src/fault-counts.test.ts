import { expect, test } from 'vitest'

import { fullReport } from './__fixtures__/report.ts'
import { faultCounts } from './fault-counts.ts'
import type { Faults } from './faults.ts'

test('every fault of an entrant and setting is counted once, by how it ended', () => {
  const faults = faultsOfFixture()
  for (const counts of faultCounts(faults)) {
    const { successes, errorsWithCode, errorsWithoutCode, hangs } = counts
    expect(successes + errorsWithCode + errorsWithoutCode + hangs).toBe(faults.faults.length)
  }
  expect(faultCounts(faults).map(({ entrant, retries }) => `${entrant}, ${retries}`)).toEqual([
    'scratch, defaults',
    'langchain, defaults',
    ...['scratch-first-day', 'langchain-stock', 'ai-sdk', 'openai-sdk'].flatMap((entrant) => [
      `${entrant}, defaults`,
      `${entrant}, 2 retries`,
    ]),
  ])
})

test('the caller is looked for in errors alone, and an error without a stack has none', () => {
  const of = (name: string): unknown => {
    const { successes, errorsWithCode, errorsWithoutCode, hangs, callerFrames } =
      faultCounts(faultsOfFixture()).find(({ entrant }) => entrant === name) ?? {}
    return { successes, errorsWithCode, errorsWithoutCode, hangs, callerFrames }
  }
  expect(of('scratch')).toEqual({
    successes: 1,
    errorsWithCode: 8,
    errorsWithoutCode: 0,
    hangs: 0,
    callerFrames: 8,
  })
  expect(of('langchain')).toMatchObject({ errorsWithCode: 8, callerFrames: 0 })
  expect(of('scratch-first-day')).toEqual({
    successes: 3,
    errorsWithCode: 1,
    errorsWithoutCode: 3,
    hangs: 2,
    callerFrames: 3,
  })
})

test('a setting counts its own rows', () => {
  const faults = faultsOfFixture()
  for (const row of faults.rows) if (row.retries === '2 retries') row.outcome = 'hangs'
  const [byDefault, told] = faultCounts(faults).filter(({ entrant }) => entrant === 'ai-sdk')
  expect(byDefault).toMatchObject({ retries: 'defaults', hangs: 2 })
  expect(told).toMatchObject({ retries: '2 retries', hangs: 9 })
})

function faultsOfFixture(): Faults {
  const { faults } = fullReport()
  if (!faults) throw new Error('The fixture has no faults.')
  return faults
}
