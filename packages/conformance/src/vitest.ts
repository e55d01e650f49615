import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { afterAll, describe, expect, test } from 'vitest'

import type { Clause } from './clause.ts'
import { unsupportedReason, type Entrant } from './entrant.ts'
import { compareOutcomes, parseOutcomes } from './outcomes.ts'
import { clauses as allClauses } from './registry.ts'
import { missingHere, runClause, runParityClause, runPartClause, type Outcome } from './run.ts'

/** Longer than any scenario's own limit, so that it is the suite that says which scenario hung. */
const testTimeoutMs = 900_000

/**
 * Registers one test per clause for a build: each must pass. A clause that the build does not offer is a skip that shows its reason.
 */
export function holdToContract(
  entrant: Entrant,
  options: {
    /** Default: every clause. */
    clauses?: readonly Clause[]
    /** Where the outcomes that were seen are written, as the JSON of one entrant of `plumbline conformance --json`. */
    outcomesFile?: URL
  } = {},
): void {
  const { clauses = allClauses, outcomesFile } = options
  const seen: Outcome[] = []
  async function runAndNote(clause: Clause): Promise<Outcome> {
    const outcome = await runClause(clause, entrant)
    seen.push(outcome)
    return outcome
  }
  describe(`${entrant.name} ${entrant.version}`, () => {
    for (const clause of clauses.filter(({ kind }) => kind === 'entrant')) {
      const missing = unsupportedReason(clause, entrant)
      if (missing !== undefined) {
        seen.push({ id: clause.id, outcome: 'unsupported', reason: missing })
        test.skip(`${titleOf(clause)} (unsupported: ${missing})`, () => {})
        continue
      }
      const lacking = testClause(clause, () => runAndNote(clause))
      if (lacking !== undefined)
        seen.push({ id: clause.id, outcome: 'unsupported', reason: lacking, skipped: true })
    }
    afterAll(() => {
      if (outcomesFile === undefined) return
      const { name, version } = entrant
      const outcomes = clauses.flatMap(({ id }) => seen.find((outcome) => outcome.id === id) ?? [])
      writeFileSync(outcomesFile, `${JSON.stringify({ name, version, outcomes })}\n`)
    })
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
      testClause(clause, () => runParityClause(clause, builds))
    }
  })
}

/** Registers one test per part clause. */
export function holdParts(clauses: readonly Clause[] = allClauses): void {
  for (const clause of clauses.filter(({ kind }) => kind === 'part')) {
    testClause(clause, () => runPartClause(clause))
  }
}

const run = promisify(execFile)

/** Most of a reproduction's time is the import of its library, several at once on a busy machine. */
const reproductionTimeoutMs = 120_000

/**
 * Registers one test per program in `folder`: each shows a published failure of a library, alone, in under 30 lines, names the page
 * whose advice it follows, imports nothing but Node's own and `libraries`, prints what was expected beside what was observed, and
 * exits with 0 while the failure is there.
 */
export function holdReproductions(folder: URL, libraries: RegExp): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  describe.concurrent('a published failure is there, in a program of its own', () => {
    test.each(files)('%s', { timeout: reproductionTimeoutMs }, async (name) => {
      const file = new URL(name, folder)
      const source = readFileSync(file, 'utf8')
      expect(source.trimEnd().split('\n').length, 'lines').toBeLessThan(30)
      expect(source, 'the page whose advice was followed').toMatch(/^\/\/ Advice followed: .*https:/ms)
      for (const [, from = ''] of source.matchAll(/^(?:import|\} from) .*?'([^']+)'/gm)) {
        expect(from.startsWith('node:') || libraries.test(from), `imports ${from}`).toBe(true)
      }
      // Rejects with what the program printed unless it exits with 0.
      const { stdout } = await run(process.execPath, [file.pathname])
      expect(stdout).toMatch(/^expected: .+ {2}observed: .+\n$/)
    })
  })
}

/**
 * One test; where this machine lacks what the clause requires, a skip that says so, and a failure where `CI` is set. Returns what is
 * lacking where it is a skip.
 */
function testClause(clause: Clause, hold: () => Promise<Outcome>): string | undefined {
  const missing = missingHere(clause)
  if (missing !== undefined && process.env['CI'] === undefined) {
    test.skip(`${titleOf(clause)} (skipped: ${missing})`, () => {})
    return missing
  }
  test(titleOf(clause), { timeout: testTimeoutMs }, async () => expectPass(await hold()))
  return undefined
}

function titleOf({ id, sentence }: Clause): string {
  return `${id} ${sentence}`
}

function expectPass({ id, outcome, failedScenarios = [], reason }: Outcome): void {
  if (outcome !== 'pass') expect.fail(`${id} ${outcome}: ${failedScenarios.join(', ')}\n${reason ?? ''}`)
}
