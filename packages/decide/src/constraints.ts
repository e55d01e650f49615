import { findMeasurement, type Evidence, type Measurement } from './evidence.ts'
import { showMeasurement } from './words.ts'

/** What an option must have to be considered at all. Everything left out constrains nothing. */
export interface Constraints {
  /** The largest bundle that the platform takes, in kB, minified and compressed. */
  maxBundleGzipKb?: number
  maxPackages?: number
  maxInstallMb?: number
  /** Ids of clauses that must pass: `CAC-05`. */
  requiredClauses?: readonly string[]
  /** SPDX ids; every licence of what is installed must be one of them. */
  licences?: readonly string[]
  /** Wire protocols that must be spoken without a change: `openai-compatible`. */
  providers?: readonly string[]
}

/** One constraint and one option. */
export interface ConstraintCheck {
  option: string
  /** `at most 100 packages`. */
  constraint: string
  /** `unknown`: nothing that was measured says. */
  verdict: 'holds' | 'fails' | 'unknown'
  /** What decided it, where it is a number. */
  measurement?: Measurement
  /** What decided it, where it is none. */
  found?: string
}

const limits = [
  ['maxBundleGzipKb', 'footprint.bundleGzipKb', 'kB of bundle, minified and compressed'],
  ['maxPackages', 'footprint.packages', 'packages installed'],
  ['maxInstallMb', 'footprint.installMb', 'MB installed'],
] as const

/** Every constraint for one option, in the order of `Constraints`. */
export function checkConstraints(
  evidence: Evidence,
  option: string,
  constraints: Constraints,
): ConstraintCheck[] {
  const checks: ConstraintCheck[] = []
  for (const [name, metric, unit] of limits) {
    const limit = constraints[name]
    if (limit === undefined) continue
    const measurement = findMeasurement(evidence, metric, option)
    // Where the interval reaches over the limit, it is not known to hold.
    const { value = limit, high = value } = measurement ?? {}
    const verdict =
      measurement === undefined ? 'unknown' : value > limit ? 'fails' : high > limit ? 'unknown' : 'holds'
    checks.push({
      option,
      constraint: `at most ${limit} ${unit}`,
      verdict,
      ...(measurement && { measurement }),
    })
  }
  for (const clause of constraints.requiredClauses ?? []) {
    const measurement = findMeasurement(evidence, `clause.${clause}`, option)
    const verdict = measurement === undefined ? 'unknown' : measurement.value === 1 ? 'holds' : 'fails'
    checks.push({
      option,
      constraint: `clause ${clause} passes`,
      verdict,
      ...(measurement && { measurement }),
    })
  }
  const { licences, providers } = constraints
  const facts = evidence.facts?.[option]
  if (licences) {
    const others = facts?.licences?.filter((one) => !licences.includes(one))
    checks.push({ option, constraint: `licences: ${licences.join(', ')} only`, ...judged(others) })
  }
  if (providers) {
    const spoken = facts?.providers
    const missing = spoken && providers.filter((one) => !spoken.includes(one))
    const check = { option, constraint: `speaks ${providers.join(', ')}`, ...judged(missing) }
    const toAdd = findMeasurement(evidence, 'changeCost.second-provider.lines', option)
    // Knocked out as it is; what it would take is known where it was tried.
    const price = toAdd && `; to add a provider took ${showMeasurement(toAdd, 'lines')} (${toAdd.source})`
    checks.push(check.found && price ? { ...check, found: `no ${check.found}${price}` } : check)
  }
  return checks
}

function judged(against: readonly string[] | undefined): Pick<ConstraintCheck, 'verdict' | 'found'> {
  if (against === undefined) return { verdict: 'unknown' }
  return against.length === 0 ? { verdict: 'holds' } : { verdict: 'fails', found: against.join(', ') }
}
