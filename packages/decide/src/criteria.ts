/** What a team weighs. */
export type Family = 'effort' | 'capability' | 'control' | 'footprint' | 'churn'

export const families: readonly Family[] = ['effort', 'capability', 'control', 'footprint', 'churn']

/** What each family means to somebody who is asked for its weight. */
export const familyMeanings: Readonly<Record<Family, string>> = {
  effort: 'lines you own and change',
  capability: 'what the next feature costs',
  control: 'failures you understand, a contract that holds',
  footprint: 'packages, size, start-up, CPU per call',
  churn: 'what upgrades cost',
}

/**
 * One question of a family, and what its figure is worth: `full` and better scores 1, `zero` and worse scores 0. Anchors are fixed and
 * published: they never depend on the options that are compared. `log`: each doubling counts the same.
 */
export interface Criterion {
  id: string
  family: Family
  metric: string
  /** As a noun phrase: `packages installed`. */
  what: string
  unit: string
  zero: number
  full: number
  scale: 'linear' | 'log'
  /** The command that measures it, for whom it is missing. */
  measuredBy: string
}

const bench = (name: string) => `plumbline bench ${name}`
const change = { family: 'capability', unit: 'lines', zero: 400, full: 5, scale: 'log' } as const

/**
 * The criteria and their anchors. Anchors span what a team meets in practice: between one package and two hundred, between a
 * change of a few lines and a week's work of several hundred. docs/decision-framework.md argues each of them.
 */
export const defaultCriteria: readonly Criterion[] = [
  {
    id: 'own-lines',
    family: 'effort',
    metric: 'footprint.ownLines',
    what: 'lines to own once the build is copied',
    unit: 'lines',
    zero: 10_000,
    full: 200,
    scale: 'log',
    measuredBy: bench('footprint'),
  },
  {
    ...change,
    id: 'change-cache-store',
    family: 'effort',
    metric: 'changeCost.cache-store.lines',
    what: 'lines to add a cache store',
    measuredBy: bench('change-cost'),
  },
  {
    ...change,
    id: 'change-second-provider',
    metric: 'changeCost.second-provider.lines',
    what: 'lines to add a second provider',
    measuredBy: bench('change-cost'),
  },
  {
    ...change,
    id: 'change-tool-loop',
    metric: 'changeCost.tool-loop.lines',
    what: 'lines to add a tool loop',
    measuredBy: bench('change-cost'),
  },
  {
    ...change,
    id: 'change-structured-output',
    metric: 'changeCost.structured-output.lines',
    what: 'lines to add structured output',
    measuredBy: bench('change-cost'),
  },
  {
    ...change,
    id: 'change-retrieval',
    metric: 'changeCost.retrieval.lines',
    what: 'lines to add a retrieval step',
    measuredBy: bench('change-cost'),
  },
  {
    id: 'cost-saved',
    family: 'capability',
    metric: 'cacheImpact.costSaved',
    what: 'share of the cost that the caches save on the replayed traffic',
    unit: 'share',
    zero: 0,
    full: 0.5,
    scale: 'linear',
    measuredBy: bench('cache-impact'),
  },
  {
    id: 'clauses-failed',
    family: 'control',
    metric: 'conformance.failed',
    what: 'clauses of the contract that fail',
    unit: 'clauses',
    zero: 40,
    full: 0,
    scale: 'linear',
    measuredBy: 'plumbline conformance',
  },
  {
    id: 'caller-frame',
    family: 'control',
    metric: 'faults.callerFrame',
    what: 'share of errors whose stack shows the line that made the call',
    unit: 'share',
    zero: 0,
    full: 1,
    scale: 'linear',
    measuredBy: bench('faults'),
  },
  {
    id: 'faults-typed',
    family: 'control',
    metric: 'faults.typed',
    what: 'share of faults that end in success or in an error with a code',
    unit: 'share',
    zero: 0.5,
    full: 1,
    scale: 'linear',
    measuredBy: bench('faults'),
  },
  {
    id: 'packages',
    family: 'footprint',
    metric: 'footprint.packages',
    what: 'packages installed',
    unit: 'packages',
    zero: 200,
    full: 1,
    scale: 'log',
    measuredBy: bench('footprint'),
  },
  {
    id: 'install-size',
    family: 'footprint',
    metric: 'footprint.installMb',
    what: 'size installed',
    unit: 'MB',
    zero: 500,
    full: 5,
    scale: 'log',
    measuredBy: bench('footprint'),
  },
  {
    id: 'import-time',
    family: 'footprint',
    metric: 'footprint.importMs',
    what: 'time to import',
    unit: 'ms',
    zero: 2_000,
    full: 50,
    scale: 'log',
    measuredBy: bench('footprint'),
  },
  {
    id: 'bundle-size',
    family: 'footprint',
    metric: 'footprint.bundleGzipKb',
    what: 'bundle, minified and compressed',
    unit: 'kB',
    zero: 2_000,
    full: 20,
    scale: 'log',
    measuredBy: bench('footprint'),
  },
  {
    id: 'cpu-per-call',
    family: 'footprint',
    metric: 'overhead.cpuRatio',
    what: "CPU per call, as a multiple of the bare SDK's",
    unit: 'x',
    zero: 3,
    full: 0.5,
    scale: 'log',
    measuredBy: bench('overhead'),
  },
  {
    ...change,
    id: 'change-sdk-major',
    family: 'churn',
    metric: 'changeCost.sdk-major.lines',
    what: 'lines to take a new major version of the SDK',
    measuredBy: bench('change-cost'),
  },
  {
    id: 'releases',
    family: 'churn',
    metric: 'churn.releasesPerYear',
    what: 'releases a year of what is installed',
    unit: 'releases',
    zero: 400,
    full: 4,
    scale: 'log',
    measuredBy: 'npm view PACKAGE time, against a registry that keeps release dates',
  },
]
