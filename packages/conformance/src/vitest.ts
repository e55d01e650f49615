import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import type { Clause } from './clause.ts'
import { unsupportedReason, type Entrant } from './entrant.ts'
import { compareOutcomes, parseOutcomes } from './outcomes.ts'
import { clauses as allClauses } from './registry.ts'
import { runClause, runParityClause, runPartClause, type Outcome } from './run.ts'

/** Longer than any scenario's own limit, so that it is the suite that says which scenario hung. */
const testTimeoutMs = 180_000

/**
 * Registers one test per clause for a build: each must pass. A clause that the build does not offer is a skip that shows its reason.
 */
export function holdToContract(entrant: Entrant, clauses: readonly Clause[] = allClauses): void {
  describe(`${entrant.name} ${entrant.version}`, () => {
    for (const clause of clauses.filter(({ kind }) => kind === 'entrant')) {
      const missing = unsupportedReason(clause, entrant)
      if (missing !== undefined) {
        test.skip(`${titleOf(clause)} (unsupported: ${missing})`, () => {})
        continue
      }
      test(titleOf(clause), { timeout: testTimeoutMs }, async () => {
        expectPass(await runClause(clause, entrant))
      })
    }
  })
}

/**
 * Registers one test per clause for an entrant that is not ours: its outcome must be the recorded one, whatever that is.
 * `file` is the URL of its `outcomes.json`, relative to the test.
 */
export function holdToRecordedOutcomes(
  entrant: Entrant,
  file: URL,
  clauses: readonly Clause[] = allClauses,
): void {
  const recorded = parseOutcomes(readFileSync(file, 'utf8'))
  describe(`${entrant.name} ${entrant.version}, recorded ${recorded.recorded} with ${recorded.version}`, () => {
    for (const clause of clauses.filter(({ kind }) => kind === 'entrant')) {
      const before = recorded.outcomes.find(({ id }) => id === clause.id)
      test(
        `${titleOf(clause)} (recorded: ${before?.outcome ?? 'nothing'})`,
        { timeout: testTimeoutMs },
        async () => {
          const change = compareOutcomes(recorded, entrant, await runClause(clause, entrant))
          if (change !== undefined) expect.fail(change)
        },
      )
    }
  })
}

/** Registers one test per parity clause for two builds. */
export function holdToParity(
  builds: readonly [Entrant, Entrant],
  clauses: readonly Clause[] = allClauses,
): void {
  describe(`${builds[0].name} and ${builds[1].name}`, () => {
    for (const clause of clauses.filter(({ kind }) => kind === 'parity')) {
      test(titleOf(clause), { timeout: testTimeoutMs }, async () => {
        expectPass(await runParityClause(clause, builds))
      })
    }
  })
}

/** Registers one test per part clause. */
export function holdParts(clauses: readonly Clause[] = allClauses): void {
  for (const clause of clauses.filter(({ kind }) => kind === 'part')) {
    test(titleOf(clause), { timeout: testTimeoutMs }, async () => {
      expectPass(await runPartClause(clause))
    })
  }
}

function titleOf({ id, sentence }: Clause): string {
  return `${id} ${sentence}`
}

function expectPass({ id, outcome, failedScenarios = [], reason }: Outcome): void {
  if (outcome !== 'pass') expect.fail(`${id} ${outcome}: ${failedScenarios.join(', ')}\n${reason ?? ''}`)
}
