import type { Lab } from './lab.ts'

/** What a clause can need of an entrant, each with what it means. A build of ours offers all of it. */
export const allCapabilities = [
  // `chat(request)` resolves with a response.
  'chat',
  // `stream(request)` yields chunks.
  'stream',
  // A stream has a `result`: the joined answer.
  'stream-result',
  // `embed(request)` resolves with vectors.
  'embed',
  // `health()` reports.
  'health',
  // One metrics record per call, and summaries.
  'metrics',
  // Records carry a price in integer nano-dollars.
  'cost',
  // Price cards of the caller's own, and strict prices.
  'price-cards',
  // One log event per call, to a logger that the caller gives.
  'logger',
  // Records are kept for good, in a ledger that the caller gives, and go to exporters.
  'ledger',
  // Guardrails as the entrant ships them.
  'guardrails',
  // Guardrails by a policy of the caller's own rules.
  'guardrail-policy',
  // Whole answers are kept and served again.
  'response-cache',
  // An option joins requests that differ in case, space and punctuation.
  'normalised-matching',
  // Vectors are kept and served again.
  'embedding-cache',
  // The caches live in a byte store that the caller gives.
  'byte-store',
  // Processes that share a store wait for each other's provider calls.
  'shared-flight',
  // What is cached can be invalidated, by tenant, model and tag.
  'invalidation',
  // Failed attempts are repeated.
  'retry',
  // A call has a deadline.
  'deadline',
  // Time is an option, so that a test can move it.
  'clock',
  // A circuit breaker stops asking a provider that fails.
  'breaker',
  // Other models are asked when the first one fails.
  'fallback',
  // What a tenant may spend has a limit.
  'budgets',
  // Failures reject with errors of one taxonomy, each with a code.
  'typed-errors',
] as const

/** What a clause needs of an entrant before it can be asked at all. An entrant without it is `unsupported`, with its reason. */
export type Capability = (typeof allCapabilities)[number]

/** Why a clause is in the contract. */
export type Origin = 'classic practice' | 'user expectation' | 'found defect'

/** One situation that a clause is tried in. `run` asserts through `lab.check`; a run that asserts nothing is a failure. */
export interface Scenario {
  /** A sentence about the behaviour. */
  name: string
  case: 'ordinary' | 'boundary' | 'nasty'
  /**
   * What this scenario needs beyond its clause. An entrant without it is not asked the scenario, so that what a clause says of
   * requests is asked of entrants that can tell nothing of money.
   */
  needs?: readonly Capability[]
  run(lab: Lab): Promise<void>
  /** Real time after which the scenario has failed, in ms. Default 30,000. */
  limitMs?: number
}

/** One line of the contract, as something that runs. */
export interface Clause {
  /** Never changes its meaning, and is never used again. */
  id: string
  /** Word for word the contract's. */
  sentence: string
  origin: Origin
  /**
   * `entrant`: asked of every entrant. `parity`: of two builds at once, the second one through `lab.other`.
   * `part`: of a part of ours, without a pipeline. The last two stay out of the comparison.
   */
  kind: 'entrant' | 'parity' | 'part'
  needs: readonly Capability[]
  /** Set when the scenarios start a Redis server or run Prometheus' own tool; see `redisMissing` and `promtoolMissing`. */
  requires?: 'redis' | 'promtool'
  scenarios: readonly Scenario[]
}

/** The cases that each clause is tried in. */
export const cases = ['ordinary', 'boundary', 'nasty'] as const

/** The clause, checked for what every clause must have. Throws `TypeError` when one of the three cases is missing or a name repeats. */
export function defineClause(clause: Clause): Clause {
  for (const wanted of cases) {
    if (!clause.scenarios.some((scenario) => scenario.case === wanted)) {
      throw new TypeError(`Clause ${clause.id} has no ${wanted} scenario: each clause needs all three cases.`)
    }
  }
  const names = new Set(clause.scenarios.map((scenario) => scenario.name))
  if (names.size !== clause.scenarios.length) {
    throw new TypeError(`Clause ${clause.id} has two scenarios of one name: a failure could not say which.`)
  }
  return clause
}
