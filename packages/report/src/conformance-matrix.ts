import type { ClauseFacts, EntrantOutcomes, Report } from './report.ts'

type Outcome = EntrantOutcomes['outcomes'][number]

/** One clause with what it found in each entrant, in the order of the entrants. */
export interface MatrixRow {
  id: string
  /** What the clause asks, where the report says it. */
  facts: ClauseFacts | undefined
  /** Undefined where the entrant was not asked. */
  outcomes: (Outcome | undefined)[]
}

/** Every clause of a report, also one that only some entrants were asked. */
export function conformanceMatrix({ conformance, clauses = [] }: Report): MatrixRow[] {
  const ids = new Set([...clauses, ...conformance.flatMap(({ outcomes }) => outcomes)].map(({ id }) => id))
  return [...ids].map((id) => ({
    id,
    facts: clauses.find((clause) => clause.id === id),
    outcomes: conformance.map(({ outcomes }) => outcomes.find((outcome) => outcome.id === id)),
  }))
}

/** A clause that an entrant does not hold. */
export interface ConformanceFailure extends Outcome {
  entrant: string
}

/** Every clause that fails, by entrant. */
export function conformanceFailures({ conformance }: Report): ConformanceFailure[] {
  return conformance.flatMap(({ name, outcomes }) =>
    outcomes.filter(({ outcome }) => outcome === 'fail').map((outcome) => ({ ...outcome, entrant: name })),
  )
}
