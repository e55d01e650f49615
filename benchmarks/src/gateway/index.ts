import type { GatewayLoad, GatewayResult, GatewayRow, PairedRatio } from '@plumbline/report'

import { balancedOrder } from '../method/balanced-order.ts'
import { median } from '../method/bootstrap-median.ts'
import { quantile } from '../method/nearest-rank.ts'
import { pairedRatio } from '../method/paired-ratio.ts'
import { seededRandom } from '../method/seeded-random.ts'
import { startProvider } from '../provider-process.ts'
import { createLoadClient, type LoadClient } from './client.ts'
import { driveAtRate, driveClosed } from './drive.ts'
import { assertAnswer, requestOf, streamChunks } from './loads.ts'
import { startSubjects, type Subject } from './subjects.ts'

export interface GatewayBenchOptions {
  /** Rounds that are counted. */
  rounds: number
  seed: number
  onProgress?: (done: number, total: number) => void
}

const loads: readonly GatewayLoad[] = ['chat', 'stream', 'hit']
const callsPerRound = 200
const connections = 16
/** A fifth of what the slowest row can take on the machine where this was written: latency, not saturation. */
const perSecond = 100
/** Of the calls at a fixed rate in each round. */
const pacedCalls = 50
/** Rows that others are set against, where they carry the same load. */
const baselines = ['portkey', 'Hono route', 'scratch'] as const

interface Cell {
  subject: Subject
  load: GatewayLoad
  client: LoadClient
  cpuUsPerRequest: number[]
  requestsPerSecond: number[]
  latenciesMs: number[]
}

/**
 * CPU time of the process in between, throughput, latency at a fixed rate and memory, for each row and load. Every round runs each twice,
 * with half of its calls, in an order and its reverse (ABBA); the rate comes after. Caller, provider and every gateway are processes of
 * their own on this machine: throughput is what they get of it together, CPU time is the gateway's alone.
 */
export async function measureGateway({
  rounds,
  seed,
  onProgress,
}: GatewayBenchOptions): Promise<GatewayResult> {
  const provider = await startProvider()
  const { subjects, notMeasured, stop } = await startSubjects(provider.baseUrl).catch((error: unknown) => {
    provider.stop()
    throw error
  })
  const cells = subjects.flatMap((subject) =>
    loads
      .filter((load) => subject.loads.includes(load))
      .map((load): Cell => {
        const client = createLoadClient(`${subject.baseUrl}/chat/completions`, subject.headers)
        return { subject, load, client, cpuUsPerRequest: [], requestsPerSecond: [], latenciesMs: [] }
      }),
  )
  try {
    // Each question is new to every row, and the same for all of them.
    let asked = 0
    // Warm-up rounds compile the code and open the connections; they are not counted. A thousand calls were not enough for it.
    const warmUp = 12
    for (let round = -warmUp; round < rounds; round++) {
      const order = balancedOrder(round + warmUp, cells.length)
      const spent = cells.map(() => ({ cpuUs: 0, elapsedMs: 0 }))
      for (const half of [order, order.toReversed()]) {
        for (const index of half) {
          const [cell, sum] = [cells[index], spent[index]]
          if (cell === undefined || sum === undefined) continue
          const { cpuUs, elapsedMs } = await driveHalf(cell, asked)
          sum.cpuUs += cpuUs
          sum.elapsedMs += elapsedMs
        }
        asked += callsPerRound / 2
      }
      for (const [index, { cpuUs, elapsedMs }] of spent.entries()) {
        if (round < 0) continue
        cells[index]?.cpuUsPerRequest.push(cpuUs / callsPerRound)
        cells[index]?.requestsPerSecond.push((callsPerRound * 1000) / elapsedMs)
      }
      if (round >= 0) {
        for (const index of order) await pace(cells[index], asked)
        asked += pacedCalls
      }
      onProgress?.(round + warmUp + 1, rounds + warmUp)
    }
    const rows: GatewayRow[] = []
    for (const cell of cells) rows.push(await toRow(cell, cells, seed))
    return { rounds, seed, callsPerRound, connections, perSecond, streamChunks, rows, notMeasured }
  } finally {
    for (const { client } of cells) client.close()
    stop()
    provider.stop()
  }
}

async function ask({ client, load }: Cell, number: number): Promise<void> {
  const { status, text } = await client.post(requestOf(load, number))
  assertAnswer(load, status, text)
}

async function driveHalf(cell: Cell, from: number): Promise<{ cpuUs: number; elapsedMs: number }> {
  const measured = cell.subject.process
  const before = await measured?.usage()
  const elapsedMs = await driveClosed((number) => ask(cell, from + number), {
    calls: callsPerRound / 2,
    connections,
  })
  const after = await measured?.usage()
  return { cpuUs: (after?.cpuUs ?? 0) - (before?.cpuUs ?? 0), elapsedMs }
}

async function pace(cell: Cell | undefined, from: number): Promise<void> {
  if (cell === undefined) return
  const times = await driveAtRate((number) => ask(cell, from + number), { calls: pacedCalls, perSecond })
  cell.latenciesMs.push(...times)
}

async function toRow(cell: Cell, cells: readonly Cell[], seed: number): Promise<GatewayRow> {
  const { subject, load, cpuUsPerRequest, requestsPerSecond, latenciesMs } = cell
  const usage = await subject.process?.usage()
  const ratios: Record<string, PairedRatio> = {}
  for (const name of baselines) {
    const other = cells.find((one) => one.subject.name === name && one.load === load)
    if (usage === undefined || other === undefined || other === cell) continue
    ratios[name] = pairedRatio(cpuUsPerRequest, other.cpuUsPerRequest, seededRandom(seed))
  }
  return {
    name: subject.name,
    load,
    ...(usage && { cpuUsPerRequest: median(cpuUsPerRequest), rssMb: usage.rssBytes / 1e6 }),
    ratios,
    requestsPerSecond: median(requestsPerSecond),
    latencyMs: {
      p50: quantile(latenciesMs, 0.5),
      p95: quantile(latenciesMs, 0.95),
      p99: quantile(latenciesMs, 0.99),
      n: latenciesMs.length,
    },
    samples: { cpuUsPerRequest: usage ? cpuUsPerRequest : [], requestsPerSecond },
  }
}
