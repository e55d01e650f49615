import type { BudgetOptions } from '../budget/budget-options.ts'
import type { ByteStore } from '../cache/store.ts'
import type { GuardrailPolicy } from '../guardrails/policy.ts'
import type { MetricsCollector } from '../metrics/collector.ts'
import type { CallLogger } from '../metrics/emit.ts'
import type { Ledger, MetricsExporter } from '../metrics/exporter.ts'
import type { PriceBook } from '../metrics/prices.ts'
import type { CircuitBreakerOptions } from '../resilience/circuit-breaker.ts'
import type { RetryBudgetOptions } from '../resilience/retry-budget.ts'
import type { Clock } from './clock.ts'
import type { ChatRequest } from './wire.ts'

/** The OpenAI-compatible server that a pipeline calls. */
export interface ProviderOptions {
  /** Base URL with its version, such as `https://api.openai.com/v1`. */
  baseUrl: string
  apiKey: string
  /** The provider's name in records, prices and cache keys. Default `openai`. */
  name?: string
  /**
   * Default: `createHttpFetch()` of `@plumbline/core/transport`, over kept-alive connections that are the pipeline's own. Pass
   * `globalThis.fetch` for what that does not do: proxies from the environment, HTTP/2.
   */
  fetch?: typeof globalThis.fetch
  /** The most texts that it takes in one embedding request; more are split. Default 2,048, which is OpenAI's. */
  maxEmbeddingTexts?: number
}

/** Which requests the response cache admits; see `isCacheable`. */
export type CachePolicy = 'deterministic' | 'always' | ((request: ChatRequest) => boolean)

export interface ResponseCacheOptions {
  /** Default: a memory store. */
  store?: ByteStore
  /** Bound of the default store over keys, values and overhead, in bytes. Default 64 MB. A store of one's own has its own. */
  maxBytes?: number
  /**
   * The largest answer that is stored, in bytes. As much is kept of a stream in flight for those who join it or fall behind, in the
   * JSON of its chunks, which is some fifty times its text. Default 4 MB.
   */
  maxEntryBytes?: number
  /**
   * `normalised`: requests whose last user message differs in nothing but case, space and final punctuation share an answer; see
   * `normaliseText`. It finds more, and now and then a wrong one: docs/caching.md has the figures. Default `exact`.
   */
  matching?: 'exact' | 'normalised'
  /** How long an answer may be served, in ms. Default 1 hour. */
  ttlMs?: number
  /** Each entry lives between `1 - jitter` and 1 of its TTL, so that entries written together do not expire together. Default 0.1. */
  ttlJitter?: number
  /** Default `deterministic`: temperature 0, or a seed. */
  policy?: CachePolicy
  /**
   * What becomes of those who wait for the provider call of another one when it fails. `fail`: all of them fail with it, once.
   * `next-leads`: the next of them calls the provider for the rest, as long as the error is `retryable`, and nothing of an answer
   * has reached them; with a provider that is down they fail one after the other. Default `fail`.
   */
  onLeaderFailure?: 'fail' | 'next-leads'
  /** Store answers that call tools, too. Default false: whoever is served one again acts on it again. */
  storeToolCalls?: boolean
}

export interface EmbeddingCacheOptions {
  /** Default: a memory store. */
  store?: ByteStore
  /** Bound of the default store over keys, values and overhead, in bytes. Default 64 MB. A store of one's own has its own. */
  maxBytes?: number
  /** Default 30 days: a vector changes only with its model. */
  ttlMs?: number
}

export interface RetryOptions {
  /** Extra attempts after the first. Default 2. */
  maxRetries?: number
  /** Upper bound of the first delay, in ms; it doubles with each attempt (full jitter). Default 500. */
  baseDelayMs?: number
  /** Upper bound of any delay that we choose, in ms. Default 8,000. */
  maxDelayMs?: number
  /** How many retries all calls of the pipeline may make together. Default: one for each ten calls, and ten a minute; `false`: no bound. */
  budget?: RetryBudgetOptions | false
}

/** How long a stream may say nothing; see `carriesProgress` for what counts as saying something. */
export interface StreamOptions {
  /**
   * From the request to the first content, in ms: a reasoning model thinks in silence. Default 120,000, of which a call sees
   * only as much as its deadline leaves.
   */
  firstContentTimeoutMs?: number
  /** From one piece of content to the next, in ms of waiting for the provider: a slow consumer does not count. Default 30,000. */
  idleTimeoutMs?: number
}

/** What a pipeline of either build is made from. Everything but the provider has a default; `false` takes a stage out. */
export interface PipelineOptions {
  provider: ProviderOptions
  /** Default: a collector of its own. */
  metrics?: MetricsCollector
  /** Receives one `llm_call` event per call. Default none. */
  logger?: CallLogger
  /**
   * Keeps every record for good, such as `openLedger({ path })` of `@plumbline/core/ledger`. `close()` writes what waits and closes
   * it. Default none.
   */
  ledger?: Ledger
  /** Receive every record, for Prometheus (`@plumbline/core/prometheus`) or OpenTelemetry (`@plumbline/core/otel`). Default none. */
  exporters?: readonly MetricsExporter[]
  /** Default: the dated book of published prices. */
  prices?: PriceBook
  /** Refuse a model without a price card at the call, fallback models included, rather than price it by the fallback card. Default false. */
  strictPrices?: boolean
  /** Default: `defaultGuardrails()`. */
  guardrails?: GuardrailPolicy | false
  /** What tenants may spend: a call that might pass it is refused before the provider is asked. Default: no limit. */
  budgets?: BudgetOptions | false
  responseCache?: ResponseCacheOptions | false
  embeddingCache?: EmbeddingCacheOptions | false
  retry?: RetryOptions
  /** One per model: stops asking a provider that fails, and probes its way back. */
  breaker?: CircuitBreakerOptions | false
  /**
   * Models of the same provider that are asked, one after the other, when the one that was asked for has used up its attempts or its
   * breaker is open. Default none. Their answers are priced as what they are and never cached under the first model's key.
   */
  fallbackModels?: readonly string[]
  /** Limits of a silent stream, within the deadline. */
  stream?: StreamOptions
  /** The deadline of a call that does not set its own, in ms. Default 60,000. */
  deadlineMs?: number
  /**
   * The largest request, in bytes: its texts and field names as UTF-8, and one for everything else. A larger one is refused before
   * anything is made of it. Default 64 MB, which is more than providers take.
   */
  maxRequestBytes?: number
  /** Default: the machine's clocks. */
  clock?: Clock
  /** Uniform in [0, 1): jitter. Default `Math.random`. */
  random?: () => number
}
