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
  /** What each way of matching finds in labelled pairs; missing when no pairs were given. */
  matching?: MatchingRow[]
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

/**
 * Which caches are on. `exact`: whole answers; `normalised`: the same, where case, space and final punctuation do not count;
 * `exact + embeddings`: vectors too.
 */
export type CacheSetting = 'none' | 'exact' | 'normalised' | 'exact + embeddings'

/** One trace, and what every entrant did with it. */
export interface TraceImpact {
  trace: TraceFacts
  /** Every request, in virtual time, with every entrant and setting: counts and costs. */
  settings: SettingRow[]
  /** The builds with their answers in each store; missing in results before 2026-11-24T18. */
  stores?: StoreRow[]
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
  /** Share of requests that ended well without a chat call of their own, in [0, 1]. */
  hitRate: number
  chatCalls: number
  inputTokens: number
  /** Of them: what the provider had in its own cache of prompts, and billed at its lower price. Missing in results before 2026-11-24T18. */
  cachedInputTokens?: number
  outputTokens: number
  embeddingCalls: number
  embeddingTokens: number
  /** Integer nano-dollars, chat and embeddings. */
  costNanoUsd: number
  /** Requests that were given the answer to another request, or another tenant's. */
  wrongAnswers: number
  /** Of the wrong answers: those that only other tenants have paid for. Missing in results before 2026-11-24T18. */
  crossTenantAnswers?: number
  failedRequests: number
}

/** What callers waited, in ms, for one request: its embedding where it has one, and its answer. */
export interface LatencyRow {
  entrant: string
  setting: CacheSetting
  /** The latency model's times are multiplied by this. */
  scale: number
  requests: number
  /** Of the requests: those that failed; their wait counts. Missing in results before 2026-11-24T18. */
  failedRequests?: number
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

/** Pairs of texts that people have judged, and what one way of matching takes for the same. */
export interface MatchingRow {
  /** The file's name. */
  name: string
  pairs: number
  /** Pairs that ask the same, as people say. */
  samePairs: number
  matching: 'exact' | 'normalised'
  /** Pairs that would share an answer. */
  hits: number
  /** Of them: pairs that do not ask the same. */
  wrongHits: number
  /** 95 % Wilson interval of the share of wrong hits. */
  wrongShare: { low: number; high: number }
}

/** What a build counts with setting `exact` and its answers in one store. */
export interface StoreRow extends Pick<
  SettingRow,
  'entrant' | 'hitRate' | 'chatCalls' | 'inputTokens' | 'outputTokens' | 'costNanoUsd'
> {
  store: 'memory' | 'sqlite' | 'redis'
  /** `warm`: the same trace again, by a new process's pipeline, over what the first has stored. */
  start: 'cold' | 'warm'
}
