import type { Entrant } from '@plumbline/conformance'
import type {
  CacheImpact,
  CacheSetting,
  LatencyRow,
  MatchingRow,
  SavingPoint,
  SettingRow,
  StoreRow,
  TraceImpact,
} from '@plumbline/report'

import { loadEntrant, type KnownEntrant } from '../entrants.ts'
import { replayModels, type Trace } from '../traces/trace.ts'
import { countSetting, replayStartMs } from './count-settings.ts'
import { countStores } from './count-stores.ts'
import { latencyModels } from './latency-model.ts'
import { readPrices, type ReplayPrices } from './prices.ts'
import { traceCurve } from './saving-curve.ts'
import { countStampede } from './stampede.ts'
import { settingsOf } from './subject.ts'
import { timeWindow, windowStart } from './time-window.ts'

export interface CacheImpactOptions {
  entrants: readonly KnownEntrant[]
  traces: readonly Trace[]
  /** Of the saving curve's workloads; 0 leaves the curve out. */
  curveRequests: number
  /** How much of each trace is played in real time, in ms. */
  windowMs: number
  seed: number
  /** Of labelled pairs, as `measureMatching` counts them; it is handed on to the result. */
  matching?: readonly MatchingRow[] | undefined
  onProgress?: (what: string) => void
}

/** One day, in every entrant that can be told. */
const ttlMs = 86_400_000

const scales = [0.5, 1, 2]

interface Subject {
  entrant: Entrant
  isBuild: boolean
}

/**
 * Measures what the caches save on some traffic: counts and costs in virtual time, latencies of the last stretch in real time.
 * Throws `Error` when the two builds do not agree on what they count, or record something else than the provider's journal.
 */
export async function measureCacheImpact(options: CacheImpactOptions): Promise<CacheImpact> {
  const { entrants, traces, curveRequests, seed, matching = [], onProgress = () => {} } = options
  const subjects: Subject[] = await Promise.all(
    entrants.map(async (known) => ({
      entrant: await loadEntrant(known),
      isBuild: known.heldTo === 'contract',
    })),
  )
  const prices = await readPrices(Object.values(replayModels), replayStartMs)

  const impacts: TraceImpact[] = []
  for (const trace of traces) {
    const settings = await countTrace(trace, subjects, prices, onProgress)
    const stores: StoreRow[] = []
    for (const { entrant, isBuild } of subjects.filter((subject) => subject.isBuild)) {
      onProgress(`${trace.facts.name}: ${entrant.name} with its answers in other stores`)
      const memory = settings.find((row) => row.entrant === entrant.name && row.setting === 'exact')
      if (memory) stores.push(...(await countStores({ entrant, isBuild, trace, ttlMs, prices }, memory)))
    }
    assertStoresAgree(stores)
    const latency = await timeTrace(trace, subjects, options)
    impacts.push({ trace: trace.facts, settings, ...(stores.length > 0 && { stores }), latency })
  }

  const curve: SavingPoint[] = []
  for (const { entrant, isBuild } of curveRequests > 0 ? subjects : []) {
    onProgress(`saving against repeat rate: ${entrant.name}`)
    curve.push(...(await traceCurve({ entrant, isBuild, ttlMs, prices, seed, requests: curveRequests })))
  }

  onProgress('50 identical requests at once')
  const stampede = []
  for (const { entrant } of subjects) stampede.push(await countStampede(entrant, ttlMs))

  return {
    seed,
    chatModel: replayModels.chat,
    embeddingModel: replayModels.embedding,
    priceDate: prices.get(replayModels.chat)?.date ?? 'unknown',
    ttlMs,
    latencyModels: [...latencyModels],
    traces: impacts,
    ...(curve.length > 0 && { curve }),
    ...(matching.length > 0 && { matching: [...matching] }),
    stampede,
  }
}

async function countTrace(
  trace: Trace,
  subjects: readonly Subject[],
  prices: ReplayPrices,
  onProgress: (what: string) => void,
): Promise<SettingRow[]> {
  const rows: SettingRow[] = []
  const total = trace.facts.requests
  for (const { entrant, isBuild } of subjects) {
    for (const setting of settingsOf(entrant, trace.facts.embeds)) {
      const what = `${trace.facts.name}: ${entrant.name}, ${setting}`
      rows.push(
        await countSetting({
          entrant,
          setting,
          trace,
          ttlMs,
          prices,
          isBuild,
          onProgress: (done) => {
            if (done % 2_500 === 0 || done === total) onProgress(`${what}  ${done}/${total}`)
          },
        }),
      )
    }
  }
  assertBuildsAgree(rows, subjects)
  return rows
}

/** Two builds of one contract count the same. */
function assertBuildsAgree(rows: readonly SettingRow[], subjects: readonly Subject[]): void {
  const [one, ...others] = subjects.filter(({ isBuild }) => isBuild).map(({ entrant }) => entrant.name)
  const countsOf = (entrant: string | undefined, setting: CacheSetting): string => {
    const row = rows.find((candidate) => candidate.entrant === entrant && candidate.setting === setting)
    return JSON.stringify({ ...row, entrant: undefined, version: undefined })
  }
  for (const { setting } of rows.filter(({ entrant }) => entrant === one)) {
    for (const other of others) {
      if (countsOf(one, setting) === countsOf(other, setting)) continue
      throw new Error(
        `${one} and ${other} do not agree with caches ${setting}: ${countsOf(one, setting)}, ${countsOf(other, setting)}.`,
      )
    }
  }
}

/** Two builds of one contract count the same in every store, empty or warm. */
function assertStoresAgree(rows: readonly StoreRow[]): void {
  const seen = new Map<string, string>()
  for (const row of rows) {
    const at = `${row.store}, ${row.start}`
    const counts = JSON.stringify({ ...row, entrant: undefined })
    if ((seen.get(at) ?? counts) !== counts)
      throw new Error(`The builds do not agree with ${at}: ${seen.get(at)}, ${counts}.`)
    seen.set(at, counts)
  }
}

/** Every entrant, setting and scale runs through the same stretch of the trace at the same time. */
async function timeTrace(
  trace: Trace,
  subjects: readonly Subject[],
  { windowMs, onProgress = () => {} }: CacheImpactOptions,
): Promise<LatencyRow[]> {
  const from = windowStart(trace, windowMs)
  const runs = subjects.flatMap(({ entrant, isBuild }) =>
    settingsOf(entrant, trace.facts.embeds).flatMap((setting) =>
      // The model's time is the same for all: its other scales are shown by the builds.
      (isBuild ? scales : [1]).map((scale) => ({ entrant, setting, scale })),
    ),
  )
  const warm = Promise.withResolvers<void>()
  let waiting = runs.length
  const allWarm = (): Promise<void> => {
    if (--waiting === 0) {
      onProgress(`${trace.facts.name}: the last ${(windowMs / 1000).toFixed(0)} s in real time`)
      warm.resolve()
    }
    return warm.promise
  }
  return Promise.all(runs.map((run) => timeWindow({ ...run, trace, ttlMs, from, allWarm })))
}
