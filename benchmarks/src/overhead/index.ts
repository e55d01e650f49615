import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { EntrantPipeline } from '@plumbline/conformance'
import type { PipelineOptions } from '@plumbline/core'
import type { Overhead, OverheadRow, OverheadSetting } from '@plumbline/report'

import { knownEntrants, loadEntrant } from '../entrants.ts'
import { besideFirst } from '../method/beside-first.ts'
import { median } from '../method/bootstrap-median.ts'
import { interleave } from '../method/interleave.ts'
import { startProvider, type ProviderProcess } from '../provider-process.ts'
import { fetchSubject, sdkName, sdkSubjects } from './bare-subjects.ts'
import { everyStageSubjects, stageSubjects } from './build-subjects.ts'
import { chatModelName, nativeSubject, seamSubjects } from './langchain-subjects.ts'
import { measureSetting, type SettingOptions } from './measure-setting.ts'
import { stubFetch } from './stub-fetch.ts'
import type { Target } from './subject.ts'

/** How long to measure; `Overhead` has the meanings. */
export interface OverheadOptions extends Omit<Overhead, 'rows' | 'settings'> {
  /** Names of the entrants to measure; the SDK is measured with them always. */
  entrants: readonly string[]
  /** Of the settings in process and of those with many calls at once. */
  settingRounds: number
  onProgress?: (what: string, done: number, total: number) => void
}

const request = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system' as const, content: 'You are a helpful assistant of a web shop.' },
    { role: 'user' as const, content: 'Where is my parcel, and when will it arrive?' },
  ],
}

const bare = { guardrails: false, responseCache: false, embeddingCache: false } as const

interface Row {
  name: string
  entrant: string
  options: Omit<PipelineOptions, 'provider'>
  fetch?: typeof globalThis.fetch
}

/**
 * Rows: the bare SDK as it comes, itself again (A/A), LangChain as its docs advise, and each build: without guardrails and caches (retry, deadline, breaker, record
 * and transport stay), with its defaults, and with its defaults over the fetch that the SDK would take.
 */
const allRows: readonly Row[] = [
  { name: 'openai-sdk', entrant: 'openai-sdk', options: {} },
  { name: 'openai-sdk again (A/A)', entrant: 'openai-sdk', options: {} },
  { name: 'langchain-stock, metrics only', entrant: 'langchain-stock', options: bare },
  { name: 'scratch, metrics only', entrant: 'scratch', options: bare },
  { name: 'scratch, defaults', entrant: 'scratch', options: {} },
  { name: "scratch, defaults, SDK's own fetch", entrant: 'scratch', options: {}, fetch: globalThis.fetch },
  { name: 'langchain, metrics only', entrant: 'langchain', options: bare },
  { name: 'langchain, defaults', entrant: 'langchain', options: {} },
  {
    name: "langchain, defaults, SDK's own fetch",
    entrant: 'langchain',
    options: {},
    fetch: globalThis.fetch,
  },
]

/**
 * CPU time per chat call: over loopback HTTP one at a time, with the provider in another process; and in the settings of
 * `OverheadSetting`, every stage of both builds and every seam of LangChain on its own among them.
 */
export async function measureOverhead(options: OverheadOptions): Promise<Overhead> {
  const { rounds, callsPerRound, seed } = options
  if (callsPerRound % 2 !== 0) throw new RangeError(`callsPerRound must be even, got ${callsPerRound}`)
  const provider = await startProvider()
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-overhead-'))
  try {
    const rows = await measureRows(options, provider)
    const settings: OverheadSetting[] = []
    for (const setting of settingsOf(options, provider, folder))
      settings.push(await measureSetting(setting()))
    return { rounds, callsPerRound, seed, rows, settings }
  } finally {
    provider.stop()
    rmSync(folder, { recursive: true })
  }
}

/** In process without a network, every row and then the main ones with 64 at once; over loopback HTTP with 32 at once. */
function settingsOf(
  { settingRounds: rounds, seed, onProgress }: OverheadOptions,
  { baseUrl }: ProviderProcess,
  folder: string,
): (() => SettingOptions)[] {
  const stub: Target = { baseUrl: 'http://127.0.0.1:9/v1', fetch: stubFetch }
  const setting = (
    id: OverheadSetting['id'],
    name: string,
    rest: Pick<SettingOptions, 'subjects' | 'atOnce' | 'callsPerRound'>,
  ) => ({
    id,
    name,
    rounds,
    seed,
    onProgress: (done: number, total: number) => onProgress?.(name, done, total),
    ...rest,
  })
  const folderOf = (build: string): string => mkdtempSync(join(folder, build))
  return [
    () =>
      setting('in-process', 'in process, one at a time', {
        atOnce: 1,
        callsPerRound: 24,
        subjects: [
          ...sdkSubjects(stub),
          fetchSubject(stub),
          ...seamSubjects(stub),
          ...everyStageSubjects(stub),
          nativeSubject(stub),
          ...stageSubjects(stub, folderOf),
        ],
      }),
    () =>
      setting('in-process-64', 'in process, 64 at once', {
        atOnce: 64,
        callsPerRound: 128,
        subjects: [
          ...sdkSubjects(stub),
          fetchSubject(stub),
          ...seamSubjects(stub).slice(0, 2),
          ...everyStageSubjects(stub),
        ],
      }),
    () =>
      setting('http-32', 'loopback HTTP, 32 at once', {
        atOnce: 32,
        callsPerRound: 64,
        subjects: [
          ...sdkSubjects({ baseUrl }),
          fetchSubject({ baseUrl }),
          ...seamSubjects({ baseUrl }).slice(0, 2),
          ...everyStageSubjects({ baseUrl }, { baselines: [sdkName, chatModelName], ownFetch: true }),
        ],
      }),
  ]
}

async function measureRows(options: OverheadOptions, provider: ProviderProcess): Promise<OverheadRow[]> {
  const { entrants, rounds, callsPerRound, seed, onProgress } = options
  const chosen = allRows.filter(({ entrant }) => entrant === 'openai-sdk' || entrants.includes(entrant))
  const pipelines: EntrantPipeline[] = []
  for (const { entrant, options: stages, fetch } of chosen) {
    const known = knownEntrants.find(({ name }) => name === entrant)
    if (known === undefined) throw new Error(`There is no entrant ${entrant}.`)
    pipelines.push(
      (await loadEntrant(known)).create({
        provider: { baseUrl: provider.baseUrl, apiKey: 'overhead', ...(fetch && { fetch }) },
        ...stages,
      }),
    )
  }
  const samples = await interleave({
    turns: pipelines.map(
      (pipeline) => async () => (await cpuOf(pipeline, callsPerRound / 2)) / (callsPerRound / 2),
    ),
    rounds,
    warmUpRounds: Math.ceil(200 / callsPerRound),
    onProgress: (done, total) => onProgress?.('loopback HTTP, one at a time', done, total),
  })
  await Promise.all(pipelines.map(async (pipeline) => pipeline.close?.()))
  return toRows(chosen, samples, seed)
}

/** CPU time of this process, in us. */
async function cpuOf(pipeline: EntrantPipeline | undefined, calls: number): Promise<number> {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) await pipeline?.chat?.(request)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function toRows(
  subjects: readonly { name: string }[],
  samples: readonly number[][],
  seed: number,
): OverheadRow[] {
  const beside = besideFirst(samples, seed)
  return subjects.map(({ name }, index) => {
    const own = samples[index] ?? []
    const { ratio, noDifferenceShown = true } = beside[index] ?? {}
    return {
      name,
      cpuUsPerCall: median(own),
      samples: own,
      ...(ratio && { toSdk: ratio }),
      noDifferenceShown,
    }
  })
}
