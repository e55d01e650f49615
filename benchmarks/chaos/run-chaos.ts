import { setTimeout as sleep } from 'node:timers/promises'

import { startFaultServer, type Entrant } from '@plumbline/conformance'
import type { LLMCallMetrics, Pipeline } from '@plumbline/core'

import { checkLedger } from './ledger.ts'
import { makeCall, type Ending } from './make-call.ts'
import { misbehaviour } from './misbehaving-provider.ts'
import { planCall } from './plan.ts'

export interface ChaosOptions {
  /** A build. */
  entrant: Entrant
  seconds: number
  seed: number
  /** After each round of about two thousand calls. */
  onProgress?: (figures: ChaosFigures) => void
}

export interface ChaosFigures {
  calls: number
  /** Requests that reached the provider. */
  exchanges: number
  /** How many calls ended in which way; see `Ending`. */
  endings: Record<string, number>
  elapsedMs: number
  /** In use after a full collection, in bytes; `node --expose-gc` makes it one. */
  heapBytes: number
}

export interface ChaosResult extends ChaosFigures {
  /** What did not hold, one sentence each; empty when everything did. */
  violations: string[]
}

const callers = 32
const callsPerRound = 2_000

/**
 * Drives one build with random faults, aborts and concurrency, in rounds, and checks after each what must hold whatever happens:
 * one record per call, the ledger law against the server's journal, typed errors, no request left open, no unhandled
 * rejection. The pipeline lives through all rounds; the server is a new one each time, on the same port, so that its journal
 * does not grow.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { entrant, seconds, seed, onProgress } = options
  const beganMs = performance.now()
  const untilMs = beganMs + seconds * 1000
  const violations: string[] = []
  const onRejection = (reason: unknown): void =>
    void violations.push(`A rejection was handled by nobody: ${String(reason)}`)
  process.on('unhandledRejection', onRejection)

  let server = await startFaultServer(misbehaviour(seed, 0))
  const port = Number(new URL(server.baseUrl).port)
  const pipeline = createSubject(entrant, server.baseUrl, seed)
  let records: LLMCallMetrics[] = []
  const record = pipeline.metrics.record.bind(pipeline.metrics)
  pipeline.metrics.record = (call) => {
    records.push(call)
    record(call)
  }

  const figures: ChaosFigures = { calls: 0, exchanges: 0, endings: {}, elapsedMs: 0, heapBytes: 0 }
  while (performance.now() < untilMs) {
    const endings: Ending[] = []
    const lastCall = figures.calls + callsPerRound
    const callAndCallAgain = async (): Promise<void> => {
      while (figures.calls < lastCall && performance.now() < untilMs) {
        endings.push(await makeCall(pipeline, planCall(seed, figures.calls++)))
      }
    }
    const callsBefore = figures.calls
    await Promise.all(Array.from({ length: callers }, callAndCallAgain))

    // A flight that everybody has left closes its connection a moment later.
    for (let wait = 0; wait < 100 && server.inFlight > 0; wait++) await sleep(10)
    if (server.inFlight > 0) violations.push(`${server.inFlight} requests were left open.`)
    if (pipeline.metrics.inFlight !== 0)
      violations.push(`The gauge says ${pipeline.metrics.inFlight} in flight.`)
    const made = figures.calls - callsBefore
    if (records.length !== made) violations.push(`${made} calls left ${records.length} records.`)
    violations.push(...checkLedger(records, endings, server.journal, figures.exchanges))
    for (const { name } of endings) figures.endings[name] = (figures.endings[name] ?? 0) + 1
    if (endings.some(({ name }) => name === 'UNTYPED'))
      violations.push('A call rejected with an error without a code.')

    figures.exchanges += server.journal.length
    records = []
    await server.close()
    server = await startFaultServer(misbehaviour(seed, figures.exchanges), { port })
    figures.elapsedMs = performance.now() - beganMs
    figures.heapBytes = heapBytes()
    onProgress?.(structuredClone(figures))
  }
  await pipeline.close()
  await server.close()
  process.off('unhandledRejection', onRejection)
  return { ...figures, violations }
}

function createSubject(entrant: Entrant, baseUrl: string, seed: number): Pipeline {
  return entrant.create({
    provider: { baseUrl, apiKey: `chaos-${seed}` },
    retry: { maxRetries: 2, baseDelayMs: 1 },
    guardrails: false,
    // Short, so that entries expire while the run lasts.
    responseCache: { ttlMs: 300 },
    embeddingCache: { ttlMs: 300 },
  }) as Pipeline // A build offers all of it.
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
