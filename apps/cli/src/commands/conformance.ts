import {
  knownEntrants,
  loadEntrant,
  readRecorded,
  writeRecorded,
  type KnownEntrant,
} from '@plumbline/benchmarks/entrants'
import {
  clauses,
  compareOutcomes,
  installedVersion,
  runPartClause,
  runSuite,
  type Clause,
  type Entrant,
  type Outcome,
} from '@plumbline/conformance'

import { cutTo, textTable } from '../text-table.ts'
import { assertKnown, namesFrom, UsageError } from '../usage-error.ts'

/** Flags of `plumbline conformance`, as commander parses them. */
export interface ConformanceFlags {
  entrants?: string
  clause?: string
  json?: boolean
  record?: boolean
}

/** What one entrant did in this run. */
export interface HeldEntrant {
  name: string
  version: string
  outcomes: Outcome[]
  /** What makes the exit code 1: a failed clause of a build of ours, a departure from a recording. */
  findings: string[]
}

/** Runs the suite for the chosen entrants and prints the table or the JSON. Resolves with the exit code. */
export async function conformanceCommand(flags: ConformanceFlags): Promise<number> {
  const named = clauses.find(({ id }) => id === flags.clause)
  if (named?.kind === 'part') return partCommand(named, flags)
  if (named?.kind === 'parity') {
    throw new UsageError(`${named.id} compares the two builds and is asked of no entrant: npm test does.`)
  }
  const asked = clauses.filter(({ kind }) => kind === 'entrant')
  if (flags.clause !== undefined) {
    assertKnown(
      flags.clause,
      asked.map(({ id }) => id),
      'clause',
    )
  }
  const chosen = flags.clause === undefined ? asked : asked.filter(({ id }) => id === flags.clause)
  if (flags.record && flags.clause !== undefined) {
    throw new UsageError('A recording is of the whole suite: leave --clause out.')
  }
  const held: HeldEntrant[] = []
  for (const known of chooseEntrants(flags.entrants)) {
    const entrant = await holdEntrant(known, chosen)
    if (flags.record && recordOutcomes(known, entrant)) entrant.findings = []
    held.push(entrant)
  }

  return printHeld(chosen, held, flags)
}

function printHeld(chosen: readonly Clause[], held: readonly HeldEntrant[], flags: ConformanceFlags): number {
  const findings = held.flatMap((entrant) => entrant.findings)
  if (flags.json) process.stdout.write(`${JSON.stringify(toJson(held), undefined, 2)}\n`)
  else process.stdout.write(`${toTable(chosen, held)}\n`)
  for (const finding of findings) process.stderr.write(`\n${finding}\n`)
  return findings.length > 0 ? 1 : 0
}

/** Tries a clause about a part, which no entrant is asked. */
async function partCommand(clause: Clause, flags: ConformanceFlags): Promise<number> {
  if (flags.entrants !== undefined) {
    throw new UsageError(`${clause.id} is about a part and asked of no entrant: leave --entrants out.`)
  }
  const outcome = await runPartClause(clause)
  const findings = outcome.outcome === 'pass' ? [] : [`${outcome.id}: ${outcome.reason}`]
  const version = installedVersion('@plumbline/core', import.meta.url)
  return printHeld([clause], [{ name: 'parts', version, outcomes: [outcome], findings }], flags)
}

/** The entrants of a comma list; all of them when there is none. Throws `UsageError` for one that is not known. */
export function chooseEntrants(list: string | undefined): KnownEntrant[] {
  if (list === undefined) return [...knownEntrants]
  const names = namesFrom(
    list,
    knownEntrants.map(({ name }) => name),
    'entrant',
  )
  return knownEntrants.filter(({ name }) => names.includes(name))
}

/** Holds one entrant to `chosen`, with one line of progress per clause on stderr. */
export async function holdEntrant(
  known: KnownEntrant,
  chosen: readonly Clause[] = clauses,
): Promise<HeldEntrant> {
  const entrant = await loadEntrant(known)
  const total = chosen.filter(({ kind }) => kind === 'entrant').length
  let done = 0
  const outcomes = await runSuite(entrant, {
    clauses: chosen,
    onProgress: ({ id, outcome, reason }) => {
      done++
      const why = outcome === 'fail' ? `  ${cutTo((reason ?? '').replaceAll('\n', ' '), 90)}` : ''
      process.stderr.write(`${known.name} ${done}/${total}  ${id}  ${outcome}${why}\n`)
    },
  })
  return {
    name: entrant.name,
    version: entrant.version,
    outcomes,
    findings: findingsOf(known, entrant, outcomes),
  }
}

/** Writes the recording of an entrant that has one; false for a build of ours, which is held to the contract itself. */
function recordOutcomes(known: KnownEntrant, { name, version, outcomes }: HeldEntrant): boolean {
  if (known.heldTo === 'contract') return false
  writeRecorded(known, { name, version }, outcomes)
  return true
}

function findingsOf(known: KnownEntrant, entrant: Entrant, outcomes: readonly Outcome[]): string[] {
  const recorded = readRecorded(known)
  if (recorded !== undefined) {
    return outcomes.flatMap((outcome) => compareOutcomes(recorded, entrant, outcome) ?? [])
  }
  return outcomes
    .filter(({ outcome, skipped }) => outcome !== 'pass' && !skipped)
    .map(({ id, outcome, failedScenarios = [], reason }) =>
      [`${id}: ${entrant.name} ${outcome}`, ...failedScenarios, reason]
        .filter((line) => line !== undefined)
        .join('\n  '),
    )
}

/** The stable JSON of this command. */
function toJson(held: readonly HeldEntrant[]): object {
  return {
    schemaVersion: 1,
    entrants: held.map(({ name, version, outcomes }) => ({
      name,
      version,
      outcomes,
    })),
  }
}

const marks = { pass: 'pass', fail: 'FAIL', unsupported: '-' } as const

function toTable(chosen: readonly Clause[], held: readonly HeldEntrant[]): string {
  const heading = ['clause', 'what it says', 'origin', ...held.map(({ name }) => name)]
  const rows = chosen.map(({ id, sentence, origin }) => [
    id,
    cutTo(sentence, 60),
    origin,
    ...held.map(({ outcomes }) => {
      const outcome = outcomes.find((candidate) => candidate.id === id)
      if (outcome === undefined) return ''
      if (outcome.skipped) return 'skipped'
      return marks[outcome.outcome] + (outcome.notAsked === undefined ? '' : '*')
    }),
  ])
  const versions = held.map(({ name, version }) => `${name} ${version}`).join(', ')
  return `${textTable([heading, ...rows])}\n\n${versions}. FAIL: the clause failed; -: the entrant has nothing to ask it of; *: nor some of its scenarios.`
}
