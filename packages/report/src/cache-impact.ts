/** The cache-impact benchmark: what the caches save on some traffic, by entrant and setting. */
export interface CacheImpact {
  seed: number
  chatModel: string
  embeddingModel: string
  /** Version or date of the price cards that every call is priced by. */
  priceDate: string
  /** How long an answer may be served in every entrant that can be told, in ms. */
  ttlMs: number
  /** The provider that is simulated, by model id. */
  latencyModels: LatencyModel[]
  traces: TraceImpact[]
  /** Of the built-in workload at other repeat rates; missing when it was not asked for. */
  curve?: SavingPoint[]
  /** 50 identical requests at once, at an entrant whose cache is empty. */
  stampede: StampedeRow[]
}

/** The stated times of one simulated model. They are assumptions, not measurements: read the shape, or put in your own. */
export interface LatencyModel {
  model: string
  /** Median time to the first token, or of the whole answer for embeddings, in ms. */
  timeToFirstTokenMs: number
  /** 0 for embeddings, which have no output tokens. */
  outputTokensPerSecond: number
  /** Log-normal spread of both, fixed for each request: the standard deviation of the logarithm. */
  spread: number
}

/** Which caches are on. `exact`: whole answers; `exact + embeddings`: vectors too. */
export type CacheSetting = 'none' | 'exact' | 'exact + embeddings'

/** One trace, and what every entrant did with it. */
export interface TraceImpact {
  trace: TraceFacts
  /** Every request, in virtual time, with every entrant and setting: counts and costs. */
  settings: SettingRow[]
  /** A part of it in real time, uncompressed, against the modelled provider. */
  latency: LatencyRow[]
}

export interface TraceFacts {
  /** `built-in workload`, or the file's name. */
  name: string
  /** What it is, in a few words: search queries, a synthetic mix, chat lengths. */
  what: string
  /** SHA-256 of the file, or of the workload's parameters, hex. */
  sha256: string
  requests: number
  tenants: number
  /** Share of requests whose tenant asked exactly the same before, in [0, 1]. */
  repeatShare: number
  /** Share of requests that the default policy may cache (temperature 0 or a seed), in [0, 1]. */
  cacheableShare: number
  /** Where the temperature comes from: the trace itself, or the replay, which then says it was set. */
  temperature: 'of the workload' | 'set to 0 by the replay'
  /** Whether requests embed their question first: a part of the built-in workload, each one of other traces that have texts. */
  embeds: boolean
}

/** Counted at the simulated provider, priced by its journal. */
export interface SettingRow {
  entrant: string
  version: string
  setting: CacheSetting
  /** Share of chat requests answered without a provider call of their own, in [0, 1]. */
  hitRate: number
  chatCalls: number
  inputTokens: number
  outputTokens: number
  embeddingCalls: number
  embeddingTokens: number
  /** Integer nano-dollars, chat and embeddings. */
  costNanoUsd: number
  /** Requests that were given the answer to another request, or another tenant's. */
  wrongAnswers: number
  failedRequests: number
}

/** What callers waited, in ms, for one request: its embedding where it has one, and its answer. */
export interface LatencyRow {
  entrant: string
  setting: CacheSetting
  /** The latency model's times are multiplied by this. */
  scale: number
  requests: number
  meanMs: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

/** The built-in workload at one repeat rate: what one entrant's caches save of the cost without them. */
export interface SavingPoint {
  entrant: string
  setting: CacheSetting
  /** Of the workload that was replayed, in [0, 1]. */
  repeatShare: number
  /** Of the cost without caches, in [0, 1]. */
  savedShare: number
}

export interface StampedeRow {
  entrant: string
  version: string
  identicalRequests: number
  chatCalls: number
}
