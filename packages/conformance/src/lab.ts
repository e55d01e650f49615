import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type {
  ByteStore,
  ChatChunk,
  ChatStream,
  LLMCallMetrics,
  Pipeline,
  PipelineOptions,
} from '@plumbline/core'

import { createChecks, type Checks } from './checks.ts'
import type { Entrant } from './entrant.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { watchProcess } from './process-watch.ts'
import { startFaultServer, type FaultServer, type Script } from './servers/fault-server.ts'
import { startRedisServer, type RedisServer } from './servers/redis-server.ts'
import { startOrdinaryServer, type OrdinaryOptions, type OrdinaryServer } from './servers/ordinary-server.ts'

/** The API key that every scenario's pipeline holds: easily found where it must not be. */
export const labApiKey = 'sk-lab-KEY-0123456789abcdef0123456789abcdef'

/** What a scenario asks of the pipeline; anything else is taken from `labDefaults`. */
export type LabPipelineOptions = Partial<Omit<PipelineOptions, 'provider' | 'guardrails'>> & {
  /** The server it calls. */
  server: { baseUrl: string }
  provider?: Partial<PipelineOptions['provider']>
  /** `as shipped`: the option is left out, for the entrant's own default. */
  guardrails?: PipelineOptions['guardrails'] | 'as shipped'
}

export interface LogEvent {
  level: 'info' | 'warn'
  event: Record<string, unknown>
  message: string | undefined
}

/** What one scenario works with. Everything that it starts is closed after it, and what it leaves behind fails it. */
export interface Lab {
  readonly check: Checks
  /** Stands still unless the scenario moves it. */
  readonly clock: ManualClock
  /** Every record of every pipeline of this scenario, in order. Empty for an entrant without metrics. */
  readonly records: readonly LLMCallMetrics[]
  readonly logger: NonNullable<PipelineOptions['logger']> & { readonly events: readonly LogEvent[] }
  /** Starts a provider that behaves. */
  ordinary(options?: OrdinaryOptions): Promise<OrdinaryServer>
  /** Starts a provider that does as the script says. */
  faults(script: Script): Promise<FaultServer>
  /** Starts a Redis server, for a clause that `requires` one. */
  redis(options?: { cluster?: boolean }): Promise<RedisServer>
  /** An empty folder for what a scenario keeps in files. */
  folder(): string
  /** Makes the entrant's pipeline. */
  pipeline(options: LabPipelineOptions): Pipeline
  /** Parity clauses: makes the second build's pipeline. Throws in any other clause. */
  other(options: LabPipelineOptions): Pipeline
}

/**
 * What a scenario's pipeline has unless it asks for something else: no guardrails and no caches, so that a clause tests one
 * thing; back-off of about a millisecond, without a budget or a breaker; half a jitter.
 */
export const labDefaults = {
  guardrails: false,
  responseCache: false,
  embeddingCache: false,
  retry: { maxRetries: 2, baseDelayMs: 1, budget: false },
  breaker: false,
  random: () => 0.5,
} as const satisfies Partial<PipelineOptions>

/** A lab, and what ends it. */
export interface OpenLab {
  lab: Lab
  /** Closes pipelines and servers. Resolves with what was left behind, one sentence each. */
  close(): Promise<string[]>
}

/** Opens the lab of one scenario. `entrants` are one for most clauses, two for a parity clause, none for a part clause. */
export function openLab(entrants: readonly Entrant[]): OpenLab {
  const clock = createManualClock()
  const records: LLMCallMetrics[] = []
  const events: LogEvent[] = []
  const servers: (FaultServer | OrdinaryServer)[] = []
  const pipelines: Pipeline[] = []
  const redisServers: RedisServer[] = []
  const folders: string[] = []
  const watch = watchProcess()

  const logger: Lab['logger'] = {
    events,
    info: (event, message) => void events.push({ level: 'info', event, message }),
    warn: (event, message) => void events.push({ level: 'warn', event, message }),
  }

  function create(entrant: Entrant | undefined, options: LabPipelineOptions): Pipeline {
    if (entrant === undefined) throw new Error('This clause has no such entrant; see the kinds of `Clause`.')
    const { server, provider, ...asked } = options
    const { guardrails, ...rest } = { ...labDefaults, ...asked }
    // A clause asks only for what the entrant offers, so the missing rest is never called.
    const pipeline = entrant.create({
      clock,
      logger,
      ...rest,
      ...(guardrails === undefined || guardrails === 'as shipped' ? {} : { guardrails }),
      provider: { baseUrl: server.baseUrl, apiKey: labApiKey, ...provider },
    }) as Pipeline
    if (entrant.offers.includes('metrics')) keepRecords(pipeline, records)
    pipelines.push(pipeline)
    return pipeline
  }

  return {
    lab: {
      check: createChecks({ typedErrors: entrants.every(({ offers }) => offers.includes('typed-errors')) }),
      clock,
      records,
      logger,
      async ordinary(options) {
        const server = await startOrdinaryServer(options)
        servers.push(server)
        return server
      },
      async faults(script) {
        const server = await startFaultServer(script)
        servers.push(server)
        return server
      },
      async redis(options) {
        const server = await startRedisServer(options)
        redisServers.push(server)
        return server
      },
      folder() {
        const folder = mkdtempSync(join(tmpdir(), 'plumbline-lab-'))
        folders.push(folder)
        return folder
      },
      pipeline: (options) => create(entrants[0], options),
      other: (options) => create(entrants[1], options),
    },
    async close() {
      const left: string[] = []
      const closed = await Promise.allSettled(pipelines.map(async (pipeline) => pipeline.close?.()))
      for (const result of closed)
        if (result.status === 'rejected') left.push(`close() rejected: ${String(result.reason)}`)
      for (const server of servers) {
        const open = await stillInFlight(server)
        if (open > 0) left.push(`${open} request(s) to the provider were still open after the scenario.`)
      }
      await Promise.all(servers.map((server) => server.close()))
      await Promise.all(redisServers.map((server) => server.stop()))
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
      left.push(...(await watch.stop()))
      return left
    },
  }
}

/** Keeps a copy of each record on its way into the collector, whoever made the collector. */
function keepRecords(pipeline: Pipeline, records: LLMCallMetrics[]): void {
  const { metrics } = pipeline
  const record = metrics.record.bind(metrics)
  metrics.record = (call) => {
    records.push(structuredClone(call))
    record(call)
  }
}

/** Requests in flight, once the closing of sockets has had a moment to arrive. */
async function stillInFlight(server: FaultServer | OrdinaryServer): Promise<number> {
  if (!('inFlight' in server)) return 0
  for (let wait = 0; wait < 50 && server.inFlight > 0; wait++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  return server.inFlight
}

/** Reads a stream to its end. */
export async function readAll(stream: ChatStream): Promise<ChatChunk[]> {
  const chunks: ChatChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** The text that chunks carry for one choice. */
export function textOf(chunks: readonly ChatChunk[], choice = 0): string {
  return chunks
    .flatMap((chunk) => chunk.choices ?? [])
    .filter(({ index }) => index === choice)
    .map(({ delta }) => delta?.content ?? '')
    .join('')
}

/** A byte store in this process that remembers what it was asked, as text where a scenario searches it. */
export interface SpyStore extends ByteStore {
  readonly entries: ReadonlyMap<string, Uint8Array>
  /** Everything that was ever a key or a value, as text. */
  readonly seen: readonly string[]
  readonly reads: number
  readonly writes: number
}

/** An empty spy store. Entries do not expire: a scenario on TTLs brings its own. */
export function createSpyStore(): SpyStore {
  const entries = new Map<string, Uint8Array>()
  const seen: string[] = []
  let reads = 0
  let writes = 0
  function get(key: string): Uint8Array | undefined {
    reads++
    seen.push(key)
    return entries.get(key)
  }
  return {
    kind: 'spy',
    entries,
    seen,
    get reads() {
      return reads
    },
    get writes() {
      return writes
    },
    get,
    getMany: (keys) => keys.map(get),
    set(key, value) {
      writes++
      seen.push(key, Buffer.from(value).toString('utf8'))
      entries.set(key, value)
    },
    delete: (key) => void entries.delete(key),
    ping() {},
    close() {},
  }
}
