import type { EntrantPipeline } from '@plumbline/conformance'
import type { PipelineOptions } from '@plumbline/core'
import type { Streaming, StreamingRow } from '@plumbline/report'

import { knownEntrants, loadEntrant } from '../entrants.ts'
import { balancedOrder } from '../method/balanced-order.ts'
import { median } from '../method/bootstrap-median.ts'
import { pairedDifference } from '../method/paired-difference.ts'
import { seededRandom } from '../method/seeded-random.ts'
import { startProvider } from '../provider-process.ts'
import { heldAfterStream } from './held-after-stream.ts'

export interface StreamingOptions {
  /** Rounds that are counted. */
  rounds: number
  seed: number
  onProgress?: (done: number, total: number) => void
}

/** Chunks of a stream whose CPU is measured, and of one that is only waited for. */
const longChunks = 1_000
const shortChunks = 20

interface Subject {
  name: string
  entrant: string
  options: Omit<PipelineOptions, 'provider'>
  /** The row that it is set against: the bare client of its own library. */
  baseline: string
}

const bare = { guardrails: false, responseCache: false, embeddingCache: false } as const

const subjects: readonly Subject[] = [
  { name: 'openai-sdk', entrant: 'openai-sdk', options: {}, baseline: 'openai-sdk' },
  { name: 'openai-sdk again (A/A)', entrant: 'openai-sdk', options: {}, baseline: 'openai-sdk' },
  { name: 'scratch, metrics only', entrant: 'scratch', options: bare, baseline: 'openai-sdk' },
  { name: 'scratch, defaults', entrant: 'scratch', options: {}, baseline: 'openai-sdk' },
  {
    name: 'langchain-stock, metrics only',
    entrant: 'langchain-stock',
    options: bare,
    baseline: 'langchain-stock, metrics only',
  },
  {
    name: 'langchain, metrics only',
    entrant: 'langchain',
    options: bare,
    baseline: 'langchain-stock, metrics only',
  },
  {
    name: 'langchain, defaults',
    entrant: 'langchain',
    options: {},
    baseline: 'langchain-stock, metrics only',
  },
]

interface Samples {
  firstChunkMs: number[]
  cpuUsPerChunk: number[]
}

/** What each build does to the first token and to each chunk, over loopback HTTP, beside the bare client of its library. */
export async function measureStreaming({ rounds, seed, onProgress }: StreamingOptions): Promise<Streaming> {
  const provider = await startProvider()
  try {
    const pipelines: EntrantPipeline[] = []
    for (const { entrant, options } of subjects) {
      const known = knownEntrants.find(({ name }) => name === entrant)
      if (known === undefined) throw new Error(`There is no entrant ${entrant}.`)
      const { create } = await loadEntrant(known)
      pipelines.push(create({ provider: { baseUrl: provider.baseUrl, apiKey: 'streaming' }, ...options }))
    }
    const samples = subjects.map((): Samples => ({ firstChunkMs: [], cpuUsPerChunk: [] }))
    // Warm-up rounds compile the code and open the connections; they are not counted.
    const warmUp = 3
    for (let round = -warmUp; round < rounds; round++) {
      const order = balancedOrder(round + warmUp, subjects.length)
      const turns = subjects.map((): Samples => ({ firstChunkMs: [], cpuUsPerChunk: [] }))
      // Each twice, in an order and its reverse (ABBA): see `interleave`, which takes one figure a turn.
      for (const index of [...order, ...order.toReversed()]) {
        const pipeline = pipelines[index]
        if (pipeline === undefined) continue
        turns[index]?.firstChunkMs.push(await timeToFirstChunk(pipeline))
        turns[index]?.cpuUsPerChunk.push(await cpuPerChunk(pipeline))
      }
      for (const [index, { firstChunkMs, cpuUsPerChunk }] of round < 0 ? [] : turns.entries()) {
        // Of two values the median is their mean.
        samples[index]?.firstChunkMs.push(median(firstChunkMs))
        samples[index]?.cpuUsPerChunk.push(median(cpuUsPerChunk))
      }
      onProgress?.(round + warmUp + 1, rounds + warmUp)
    }
    const rows: StreamingRow[] = []
    for (const [index, { name, baseline }] of subjects.entries()) {
      const own = samples[index] ?? { firstChunkMs: [], cpuUsPerChunk: [] }
      const base = samples[subjects.findIndex((subject) => subject.name === baseline)] ?? own
      const pipeline = pipelines[index]
      const heldMb = pipeline && (await heldAfterStream(() => readAll(pipeline, 10_000)))
      rows.push({
        name,
        baseline,
        firstChunkMs: median(own.firstChunkMs),
        cpuUsPerChunk: median(own.cpuUsPerChunk),
        ...(name !== baseline && {
          addedFirstChunkMs: pairedDifference(own.firstChunkMs, base.firstChunkMs, seededRandom(seed)),
          addedCpuUsPerChunk: pairedDifference(own.cpuUsPerChunk, base.cpuUsPerChunk, seededRandom(seed)),
        }),
        ...(heldMb !== undefined && { heldMb }),
        samples: own,
      })
    }
    await Promise.all(pipelines.map(async (pipeline) => pipeline.close?.()))
    return { rounds, seed, longChunks, rows }
  } finally {
    provider.stop()
  }
}

function ask(chunks: number) {
  return {
    model: 'gpt-4o-mini',
    messages: [{ role: 'user' as const, content: 'Where is my parcel, and when will it arrive?' }],
    // How many chunks the provider of this benchmark answers with.
    max_tokens: chunks,
  }
}

/** The median of three streams, in ms: one alone says more of the machine than of the build. */
async function timeToFirstChunk(pipeline: EntrantPipeline): Promise<number> {
  const times: number[] = []
  for (let call = 0; call < 3; call++) {
    const began = performance.now()
    let first: number | undefined
    for await (const chunk of streamOf(pipeline, shortChunks)) {
      if (chunk.choices[0]?.delta.content) first ??= performance.now() - began
    }
    times.push(first ?? Number.NaN)
  }
  return median(times)
}

/** CPU time of this process, in us: user and system. */
async function cpuPerChunk(pipeline: EntrantPipeline): Promise<number> {
  const before = process.cpuUsage()
  await readAll(pipeline, longChunks)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / longChunks
}

async function readAll(pipeline: EntrantPipeline, chunks: number): Promise<unknown> {
  const stream = streamOf(pipeline, chunks)
  let content = 0
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) content++
  if (content === 0) throw new Error('A stream of the benchmark had no content.')
  return stream.result
}

function streamOf(
  pipeline: EntrantPipeline,
  chunks: number,
): ReturnType<NonNullable<EntrantPipeline['stream']>> {
  if (pipeline.stream === undefined) throw new Error('An entrant of this benchmark has no streams.')
  return pipeline.stream(ask(chunks))
}
