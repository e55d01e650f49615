import type { EntrantPipeline } from '@plumbline/conformance'
import type { PipelineOptions } from '@plumbline/core'
import type { Overhead, OverheadRow } from '@plumbline/report'

import { knownEntrants, loadEntrant } from './entrants.ts'
import { balancedOrder } from './method/balanced-order.ts'
import { median } from './method/bootstrap-median.ts'
import { pairedRatio } from './method/paired-ratio.ts'
import { seededRandom } from './method/seeded-random.ts'
import { startProvider } from './provider-process.ts'

/** How long to measure; `Overhead` has the meanings. */
export interface OverheadOptions extends Omit<Overhead, 'rows'> {
  /** Names of the entrants to measure; the SDK is measured with them always. */
  entrants: readonly string[]
  onProgress?: (done: number, total: number) => void
}

const request = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system' as const, content: 'You are a helpful assistant of a web shop.' },
    { role: 'user' as const, content: 'Where is my parcel, and when will it arrive?' },
  ],
}

const bare = { guardrails: false, responseCache: false, embeddingCache: false } as const

interface Subject {
  name: string
  entrant: string
  options: Omit<PipelineOptions, 'provider'>
  fetch?: typeof globalThis.fetch
}

/**
 * Rows: the bare SDK as it comes, itself again (A/A), LangChain as its docs advise, and each build: without guardrails and caches (retry, deadline, breaker, record
 * and transport stay), with its defaults, and with its defaults over the fetch that the SDK would take.
 */
const allSubjects: readonly Subject[] = [
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
 * CPU time per chat call, one call at a time over loopback HTTP, with the provider in another process. Every round runs each row
 * twice, with half of its calls, in an order and its reverse (ABBA): a machine that slows down or speeds up within a round hits all
 * rows alike.
 */
export async function measureOverhead(options: OverheadOptions): Promise<Overhead> {
  const { entrants, rounds, callsPerRound, seed, onProgress } = options
  if (callsPerRound % 2 !== 0) throw new RangeError(`callsPerRound must be even, got ${callsPerRound}`)
  const subjects = allSubjects.filter(({ entrant }) => entrant === 'openai-sdk' || entrants.includes(entrant))
  const provider = await startProvider()
  try {
    const pipelines: EntrantPipeline[] = []
    for (const { entrant, options: stages, fetch } of subjects) {
      const known = knownEntrants.find(({ name }) => name === entrant)
      if (known === undefined) throw new Error(`There is no entrant ${entrant}.`)
      pipelines.push(
        (await loadEntrant(known)).create({
          provider: { baseUrl: provider.baseUrl, apiKey: 'overhead', ...(fetch && { fetch }) },
          ...stages,
        }),
      )
    }

    const samples: number[][] = subjects.map(() => [])
    // Warm-up rounds compile the code and open the connections; they are not counted.
    const warmUp = Math.ceil(300 / callsPerRound)
    for (let round = -warmUp; round < rounds; round++) {
      const order = balancedOrder(round + warmUp, subjects.length)
      const spentUs = subjects.map(() => 0)
      for (const index of [...order, ...order.toReversed()]) {
        spentUs[index] = (spentUs[index] ?? 0) + (await cpuOf(pipelines[index], callsPerRound / 2))
      }
      if (round >= 0) for (const [index, us] of spentUs.entries()) samples[index]?.push(us / callsPerRound)
      onProgress?.(round + warmUp + 1, rounds + warmUp)
    }
    await Promise.all(pipelines.map(async (pipeline) => pipeline.close?.()))
    return { rounds, callsPerRound, seed, rows: toRows(subjects, samples, seed) }
  } finally {
    provider.stop()
  }
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
  const random = seededRandom(seed)
  const [sdk = [], again = []] = samples
  const same = pairedRatio(again, sdk, random)
  return subjects.map(({ name }, index) => {
    const own = samples[index] ?? []
    const row = { name, cpuUsPerCall: median(own), samples: own }
    if (index === 0) return { ...row, noDifferenceShown: true }
    const toSdk = index === 1 ? same : pairedRatio(own, sdk, random)
    return { ...row, toSdk, noDifferenceShown: toSdk.low <= same.high && toSdk.high >= same.low }
  })
}
