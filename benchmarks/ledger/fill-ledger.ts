import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import type { LLMCallMetrics } from '@plumbline/core'
import { openLedger } from '@plumbline/core/ledger'

import { seededRandom } from '../src/method/seeded-random.ts'

/** One transaction of the ledger's writer, while which the process stands still. */
export interface WrittenBatch {
  ms: number
  /** Of this thread, in ms: the rest of `ms` it waited for the disk, or for a core that others had. */
  cpuMs: number
  /** The database file itself was written, which only a checkpoint of the write-ahead log does. */
  hadCheckpoint: boolean
}

/** Records of one batch; as many as the ledger puts into a transaction. */
const batchRecords = 100

/**
 * Writes records to a new ledger through its own writer, spread over the `days` before now, with 12 models, 40 tenants, 8 endpoints,
 * 5 prompt versions. Resolves with what each transaction took.
 */
export async function fillLedger(
  path: string,
  { records, days, seed }: { records: number; days: number; seed: number },
): Promise<WrittenBatch[]> {
  const ledger = openLedger({ path })
  const random = seededRandom(seed)
  const startMs = Date.now() - days * 86_400_000
  const batches: WrittenBatch[] = []
  let changedAtNs = fileChangedAtNs(path)
  for (let written = 0; written < records; written += batchRecords) {
    for (let index = written; index < Math.min(written + batchRecords, records); index++)
      ledger.record(callAt(startMs + (index / records) * days * 86_400_000, index, random))
    const cpuBefore = process.threadCpuUsage()
    const beganMs = performance.now()
    // Its first transaction runs at once; what it then waits for is the event loop.
    const flushed = ledger.flush()
    const ms = performance.now() - beganMs
    const { user, system } = process.threadCpuUsage(cpuBefore)
    await flushed
    const nowNs = fileChangedAtNs(path)
    batches.push({ ms, cpuMs: (user + system) / 1000, hadCheckpoint: nowNs !== changedAtNs })
    changedAtNs = nowNs
    await setImmediate()
  }
  await ledger.close()
  return batches
}

function fileChangedAtNs(path: string): bigint {
  return statSync(path, { bigint: true }).mtimeNs
}

function callAt(timestamp: number, index: number, random: () => number): LLMCallMetrics {
  const below = (limit: number): number => Math.floor(random() * limit)
  const cacheStatus = random() < 0.3 ? 'hit' : 'miss'
  const isPaid = cacheStatus === 'miss'
  const success = random() > 0.02
  const inputTokens = 100 + below(4_000)
  const outputTokens = 1 + below(800)
  const nanoUsd = inputTokens * 2_500 + outputTokens * 10_000
  return {
    id: `01hx${String(index).padStart(22, '0')}`,
    operation: 'chat',
    stream: random() < 0.5,
    provider: 'openai',
    model: `model-${below(12)}`,
    tenant: `tenant-${below(40)}`,
    endpoint: `/endpoint-${below(8)}`,
    promptVersion: `v${below(5)}`,
    timestamp: Math.floor(timestamp),
    latencyMs: isPaid ? Math.exp(5 + 3 * random()) : random(),
    ...(isPaid && { timeToFirstChunkMs: 50 + 400 * random(), chunksPerSecond: 20 + 60 * random() }),
    inputTokens: isPaid ? inputTokens : 0,
    cachedInputTokens: 0,
    outputTokens: isPaid ? outputTokens : 0,
    reasoningTokens: 0,
    usageEstimated: false,
    success,
    outcome: success ? 'success' : 'error',
    ...(!success && { error: { name: 'UpstreamError', code: 'UPSTREAM' } }),
    cacheStatus,
    attempts: isPaid ? 1 : 0,
    costNanoUsd: isPaid ? nanoUsd : 0,
    savedNanoUsd: isPaid ? 0 : nanoUsd,
    savedTokens: isPaid ? 0 : inputTokens + outputTokens,
    priceSource: 'published',
    priceDate: '2026-11-24',
  }
}
