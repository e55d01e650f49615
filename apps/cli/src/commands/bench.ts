import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  createWorkload,
  measureCacheImpact,
  measureCacheSpeed,
  measureChangeCost,
  measureFaults,
  measureMatching,
  measureFootprint,
  measureGateway,
  measureGuardrails,
  measureMetrics,
  measureOverhead,
  measureStreaming,
  readEnvironment,
  readLabelledSets,
  readLatencies,
  readResults,
  readTrace,
  TraceError,
  writeResult,
} from '@plumbline/benchmarks'
import type { KnownEntrant } from '@plumbline/benchmarks/entrants'
import { clauses } from '@plumbline/conformance'
import { parseReport, toHtml, toMarkdown, type Overhead, type Report } from '@plumbline/report'

import { fromCaller } from '../from-caller.ts'
import { assertKnown, UsageError } from '../usage-error.ts'
import { createBenchProgress, type BenchPart, type BenchProgress } from './bench-progress.ts'
import { benchTables } from './bench-tables.ts'
import { chooseEntrants } from './conformance.ts'
import { holdForBench } from './hold-for-bench.ts'

/** Flags of `plumbline bench`, as commander parses them. */
export interface BenchFlags {
  quick?: boolean
  full?: boolean
  trace?: string[]
  pairs?: string[]
  data?: string
  latencies?: string
  latencyColumn?: string
  entrants?: string
  out: string
  json?: boolean
  record?: boolean
}

/** In the order of a run. */
const knownBenchmarks = [
  'cache-impact',
  'faults',
  'overhead',
  'streaming',
  'footprint',
  'change-cost',
  'guardrails',
  'metrics',
  'gateway',
  'cache-speed',
] as const
type BenchmarkName = (typeof knownBenchmarks)[number]

/**
 * What a quick run has no time for: `npm test` has just applied and tested the patches, the gateways take minutes, and the other two
 * look into one part of the builds, whose cost in a call `overhead` has as a row.
 */
const leftOutOfQuick: ReadonlySet<string> = new Set(['change-cost', 'gateway', 'metrics', 'cache-speed'])

/** What stands before every benchmark, and how long it takes on a machine of two cores that does nothing else, in seconds. */
const suite = 'the suite'
const suiteSeconds = 110
const seed = 20_261_124

/**
 * How much is measured. `windowMs`: of each trace in real time. `rounds`: whole rotations of the eight rows, and many short ones,
 * since the interval is that of a median of rounds. `growthLimitMs`: see `measureGuardrails`. `seconds`: what each takes on two cores that
 * do nothing else, for the estimate of what is left.
 */
const sizes = {
  quick: {
    requests: 600,
    curveRequests: 150,
    windowMs: 10_000,
    overhead: { rounds: 18, callsPerRound: 30, settingRounds: 9 },
    spawns: 12,
    streamRounds: 8,
    gatewayRounds: 5,
    growthLimitMs: 150,
    seconds: {
      'cache-impact': 38,
      faults: 16,
      overhead: 28,
      streaming: 14,
      footprint: 34,
      'change-cost': 15,
      guardrails: 15,
      metrics: 15,
      gateway: 120,
      'cache-speed': 20,
    },
    metrics: { rounds: 25, recordsPerRound: 10_000, loopbackCalls: 3_000 },
    cacheSpeed: { rounds: 24, hitsPerTurn: 100, freezes: 4 },
  },
  full: {
    requests: 3_000,
    curveRequests: 500,
    windowMs: 45_000,
    overhead: { rounds: 60, callsPerRound: 50, settingRounds: 30 },
    spawns: 16,
    streamRounds: 40,
    gatewayRounds: 8,
    growthLimitMs: 1_000,
    seconds: {
      'cache-impact': 150,
      faults: 16,
      overhead: 130,
      streaming: 45,
      footprint: 80,
      'change-cost': 15,
      guardrails: 30,
      metrics: 45,
      gateway: 160,
      'cache-speed': 33,
    },
    metrics: { rounds: 40, recordsPerRound: 20_000, loopbackCalls: 10_000 },
    cacheSpeed: { rounds: 80, hitsPerTurn: 100, freezes: 12 },
  },
} as const

/**
 * Holds the builds to the contract, measures, and writes `report.json`, `REPORT.md` and `report.html` into `out`. Resolves
 * with the exit code: 1, and nothing written, when the suite does not hold.
 */
export async function benchCommand(names: readonly string[], flags: BenchFlags): Promise<number> {
  for (const name of names) assertKnown(name, knownBenchmarks, 'benchmark')
  const isAsked = (name: string): boolean => flags.full === true || !leftOutOfQuick.has(name)
  const wants = (name: string): boolean => (names.length === 0 ? isAsked(name) : names.includes(name))
  if ((flags.trace ?? flags.pairs) && !wants('cache-impact'))
    throw new UsageError('Only cache-impact replays a trace or reads pairs.')
  if (flags.data !== undefined && !wants('guardrails'))
    throw new UsageError('Only guardrails reads labelled sets.')
  if ((flags.latencies ?? flags.latencyColumn) !== undefined && !wants('metrics'))
    throw new UsageError(
      'Only metrics reads latencies, and a quick run leaves it out: plumbline bench metrics.',
    )
  if (flags.quick && flags.full) throw new UsageError('Choose one of --quick and --full.')
  const size = flags.full ? sizes.full : sizes.quick
  const entrants = chooseEntrants(flags.entrants)
  // Before anything is measured: what cannot be read or written must not cost the results.
  const traces = flags.trace?.map((path) => openFile(path, readTrace)) ?? [
    createWorkload({ requests: size.requests, seed }),
  ]
  const matching = flags.pairs?.flatMap((path) => openFile(path, measureMatching))
  const dataFolder = flags.data && openFolder(flags.data)
  const latencies =
    flags.latencies === undefined
      ? undefined
      : openFile(flags.latencies, (file) => readLatencies(file, flags.latencyColumn))
  const recorded = readResults()
  const out = fromCaller(flags.out)
  makeFolder(out)
  const startedAt = new Date().toISOString()
  const environment = readEnvironment()

  const progress = createBenchProgress({
    parts: [{ name: suite, expectedSeconds: suiteSeconds }, ...partsOf(size, wants)],
    write: (line) => void process.stderr.write(line),
    nowMs: () => performance.now(),
  })
  /** What a benchmark says of how far it is. */
  const say = (what: string): void => progress.say(what)
  const advance = (done: number, total: number): void => progress.advance('', done, total)

  progress.begin(suite)
  const { outcomes, findings } = await holdForBench(entrants)
  if (findings.length > 0) {
    process.stderr.write(`\n${findings.join('\n')}\nNothing is measured.\n`)
    return 1
  }

  const begins = (name: BenchmarkName): boolean => {
    if (wants(name)) progress.begin(name)
    return wants(name)
  }
  const cacheImpact = begins('cache-impact')
    ? await measureCacheImpact({
        entrants,
        traces,
        matching,
        curveRequests: flags.trace ? 0 : size.curveRequests,
        windowMs: size.windowMs,
        seed,
        onProgress: say,
      })
    : undefined
  const faults = begins('faults') ? await measureFaults({ entrants, onProgress: say }) : undefined
  const overhead = begins('overhead') ? await runOverhead(entrants, size.overhead, progress) : undefined
  const streaming = begins('streaming')
    ? await measureStreaming({ rounds: size.streamRounds, seed, onProgress: advance })
    : undefined
  const footprint = begins('footprint')
    ? await measureFootprint({ spawns: size.spawns, seed, onProgress: say })
    : undefined
  const changeCost = begins('change-cost') ? await measureChangeCost({ onProgress: say }) : undefined
  const guardrails = begins('guardrails')
    ? await measureGuardrails({
        dataFolder,
        growthLimitMs: size.growthLimitMs,
        onProgress: say,
      })
    : undefined
  const metrics = begins('metrics')
    ? await measureMetrics({ ...size.metrics, latencies, seed, onProgress: say })
    : undefined
  const gateway = begins('gateway')
    ? await measureGateway({ rounds: size.gatewayRounds, seed, onProgress: advance })
    : undefined
  const cacheSpeed = begins('cache-speed')
    ? await measureCacheSpeed({ ...size.cacheSpeed, seed, onProgress: say })
    : undefined
  progress.end()
  const report: Report = {
    schemaVersion: 2,
    startedAt,
    endedAt: new Date().toISOString(),
    environment,
    clauses: clauses
      .filter(({ kind }) => kind === 'entrant')
      .map(({ id, sentence, origin }) => ({ id, sentence, origin })),
    conformance: outcomes,
    ...(cacheImpact && { cacheImpact }),
    ...(faults && { faults }),
    ...(overhead && { overhead }),
    ...(streaming && { streaming }),
    ...(footprint && { footprint }),
    ...(changeCost && { changeCost }),
    ...(guardrails && { guardrails }),
    ...(metrics && { metrics }),
    ...(gateway && { gateway }),
    ...(cacheSpeed && { cacheSpeed }),
  }

  const json = `${JSON.stringify(report, undefined, 2)}\n`
  // What is written must be what can be read again.
  parseReport(json)
  const files = {
    'report.json': json,
    'REPORT.md': toMarkdown(report, { recorded }),
    'report.html': await toHtml(report, { recorded }),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content)
  const written = Object.keys(files).map((name) => join(out, name))
  if (flags.record) written.push(writeResult(report))
  process.stdout.write(
    flags.json ? files['report.json'] : `${benchTables(report)}\n\nWritten:\n  ${written.join('\n  ')}\n`,
  )
  return 0
}

/** Throws `UsageError` with the path where no folder can be made. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`--out ${path} cannot be a folder: ${String(error.code)}.`)
  }
}

/** What `read` makes of a file. Throws `UsageError` for one that cannot be read, with its line and what was expected there. */
function openFile<T>(path: string, read: (file: string) => T): T {
  try {
    return read(fromCaller(path))
  } catch (error) {
    if (error instanceof TraceError)
      throw new UsageError(`${error.message}. See docs/traces.md and docs/caching.md.`)
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`${path}: ${error.message.replace(/, open .*/, '')}`)
    throw error
  }
}

/** The path of a folder that holds labelled sets. Throws `UsageError` for one that cannot be read, with the line that is wrong. */
function openFolder(path: string): string {
  const folder = fromCaller(path)
  try {
    readLabelledSets(folder)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(`${error.message}. See docs/guardrails.md.`)
  }
  return folder
}

function runOverhead(
  entrants: readonly KnownEntrant[],
  size: { rounds: number; callsPerRound: number; settingRounds: number },
  progress: BenchProgress,
): Promise<Overhead> {
  return measureOverhead({
    entrants: entrants.map(({ name }) => name),
    ...size,
    seed,
    // Each setting counts from one: how far the whole part is, its time says.
    onProgress: (what, done, total) => progress.say(`${what}  ${done}/${total}`),
  })
}

/** The benchmarks of this run, and how long each is expected to take. */
function partsOf(
  { seconds }: (typeof sizes)['quick' | 'full'],
  wants: (name: string) => boolean,
): BenchPart[] {
  return knownBenchmarks.filter(wants).map((name) => ({ name, expectedSeconds: seconds[name] }))
}
