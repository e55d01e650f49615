import type { Clause, Scenario } from './clause.ts'
import { scenariosFor, unsupportedReason, type Entrant } from './entrant.ts'
import { openLab } from './lab.ts'
import { clauses as allClauses } from './registry.ts'
import { promtoolMissing } from './servers/promtool.ts'
import { redisMissing } from './servers/redis-server.ts'

/** How one clause ended for one entrant. */
export interface Outcome {
  id: string
  outcome: 'pass' | 'fail' | 'unsupported'
  /** Why it is not a pass: of the first scenario that failed, or what the entrant does not offer. */
  reason?: string
  /** Set when it is the machine that lacks something, whose `reason` says what: the clause was not asked. Never where `CI` is set. */
  skipped?: true
  /** The scenarios that failed, by name, in their order. */
  failedScenarios?: string[]
  /** The scenarios that need more than the entrant offers, by name, in their order: what the outcome says nothing of. */
  notAsked?: string[]
  /** In a recording, written by hand: scenarios that hold at one time and fail at another, as on a busy machine, since the entrant races. */
  varies?: string[]
  /** A page that says more: an upstream issue, the docs whose advice was followed. */
  link?: string
}

const defaultLimitMs = 30_000

export interface RunOptions {
  /** Leaves the scenarios after the first that fails. Default false. */
  untilFirstFailure?: boolean
}

/** Holds one entrant to one clause: every scenario of it, or as many as it takes to fail one. Never rejects. */
export function runClause(clause: Clause, entrant: Entrant, options: RunOptions = {}): Promise<Outcome> {
  const missing = unsupportedReason(clause, entrant)
  if (missing !== undefined)
    return Promise.resolve({ id: clause.id, outcome: 'unsupported', reason: missing })
  return runScenarios(clause, [entrant], options.untilFirstFailure)
}

/** Holds two builds to a parity clause. Never rejects. */
export function runParityClause(
  clause: Clause,
  builds: readonly [Entrant, Entrant],
  options: RunOptions = {},
): Promise<Outcome> {
  return runScenarios(clause, builds, options.untilFirstFailure)
}

/** Tries a part clause, which needs no entrant. Never rejects. */
export function runPartClause(clause: Clause, options: RunOptions = {}): Promise<Outcome> {
  return runScenarios(clause, [], options.untilFirstFailure)
}

/** Holds an entrant to every clause that is asked of entrants, or to those given, one after the other. */
export async function runSuite(
  entrant: Entrant,
  options: { clauses?: readonly Clause[]; onProgress?: (outcome: Outcome) => void } = {},
): Promise<Outcome[]> {
  const { clauses = allClauses, onProgress } = options
  const outcomes: Outcome[] = []
  for (const clause of clauses.filter(({ kind }) => kind === 'entrant')) {
    const outcome = await runClause(clause, entrant)
    outcomes.push(outcome)
    onProgress?.(outcome)
  }
  return outcomes
}

/** Why this machine cannot try the clause; undefined when it can. */
export function missingHere(clause: Clause): string | undefined {
  if (clause.requires === 'redis') return redisMissing()
  return clause.requires === 'promtool' ? promtoolMissing() : undefined
}

async function runScenarios(
  clause: Clause,
  entrants: readonly Entrant[],
  untilFirstFailure = false,
): Promise<Outcome> {
  const missing = missingHere(clause)
  if (missing !== undefined) {
    // A skip that nobody sees is a failure that nobody sees.
    if (process.env['CI'] !== undefined) return { id: clause.id, outcome: 'fail', reason: missing }
    return { id: clause.id, outcome: 'unsupported', reason: missing, skipped: true }
  }
  if (clause.scenarios.length === 0)
    return { id: clause.id, outcome: 'fail', reason: 'The clause has no scenario.' }
  const asked = scenariosFor(clause, entrants)
  const notAsked = notAskedOf(clause, asked)
  let first: string | undefined
  const failedScenarios: string[] = []
  for (const scenario of asked) {
    const reason = await failureOf(scenario, entrants)
    if (reason === undefined) continue
    first ??= reason
    failedScenarios.push(scenario.name)
    if (untilFirstFailure) break
  }
  return first === undefined
    ? { id: clause.id, outcome: 'pass', ...notAsked }
    : { id: clause.id, outcome: 'fail', reason: first, failedScenarios, ...notAsked }
}

function notAskedOf(clause: Clause, asked: readonly Scenario[]): Pick<Outcome, 'notAsked'> {
  const names = clause.scenarios.filter((scenario) => !asked.includes(scenario)).map(({ name }) => name)
  return names.length === 0 ? {} : { notAsked: names }
}

/** Why the scenario failed; undefined when it passed. */
async function failureOf(scenario: Scenario, entrants: readonly Entrant[]): Promise<string | undefined> {
  const { lab, close } = openLab(entrants)
  let failure: string | undefined
  try {
    await withinLimit(scenario.run(lab), scenario.limitMs ?? defaultLimitMs)
    if (lab.check.count === 0) failure = 'The scenario asserted nothing.'
  } catch (error) {
    failure = describe(error)
  }
  const left = await close()
  // The scenario's own failure explains more than what it left behind by stopping half-way.
  return failure ?? (left.length > 0 ? left.join(' ') : undefined)
}

async function withinLimit(run: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The scenario did not end within ${limitMs} ms.`)), limitMs)
  })
  try {
    await Promise.race([run, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** An error in one paragraph, with its code where it has one, and the line of the clause it came from. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && error.code !== 'ERR_ASSERTION' ? ` [${String(error.code)}]` : ''
  const name = error.name === 'AssertionError' ? '' : `${error.name}${code}: `
  const where = error.stack?.match(/clauses\/([\w-]+\.(?:ts|js):\d+)/)?.[1]
  return `${name}${error.message}`.slice(0, 1500) + (where === undefined ? '' : ` (${where})`)
}
