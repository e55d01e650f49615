import { randomUUID } from 'node:crypto'

import {
  countInFlight,
  countLoss,
  countVerdicts,
  createCallRecord,
  createEmitter,
  createPriceBook,
  fallbackCard,
  hasContent,
  InvalidRequestError,
  loadTokenizer,
  MetricsCollector,
  resolveUsage,
  systemClock,
  type CacheStatus,
  type CallContext,
  type CallFacts,
  type CallLogger,
  type CallOutcome,
  type ChatChunk,
  type Clock,
  type Ledger,
  type LLMCallMetrics,
  type MetricsExporter,
  type PlumblineError,
  type PriceBook,
  type PriceCard,
  type UsageCount,
  type Verdict,
} from '@plumbline/core'

export interface RecorderOptions {
  /** Default: a collector of its own. */
  metrics?: MetricsCollector | undefined
  logger?: CallLogger | undefined
  ledger?: Ledger | undefined
  exporters?: readonly MetricsExporter[] | undefined
  prices?: PriceBook | undefined
  clock?: Clock | undefined
  /** The provider's name in the records. Default `openai`. */
  provider?: string | undefined
}

/** How one call ended, as its pipeline knows it. */
export interface CallEnd {
  outcome: CallOutcome
  cacheStatus: CacheStatus
  /** Requests that reached the provider for this call. */
  attempts: number
  /** The fallback model that answered, or was asked last; it is priced. */
  fallbackModel?: string | undefined
  billedUsage?: UsageCount | undefined
  savedUsage?: UsageCount | undefined
  usageEstimated?: boolean | undefined
  error?: PlumblineError | undefined
  blockedBy?: string | undefined
}

/** One logical call, from its start to its one record. */
export interface OpenCall {
  /** Notes a chunk on its way to the caller, for the time to first chunk and the chunk rate. */
  sawChunk(chunk: ChatChunk): void
  sawVerdicts(verdicts: readonly Verdict[]): void
  /** Makes, counts and logs the record. Only the first end counts; a later one gets its record. */
  end(end: CallEnd): Promise<LLMCallMetrics>
}

/** Opens the calls of one pipeline and records them. */
export interface Recorder {
  readonly metrics: MetricsCollector
  open(call: Pick<CallFacts, 'operation' | 'stream' | 'model'>, context: CallContext): OpenCall
  /** Throws `InvalidRequestError` for a model without a price card of its own. */
  assertPriced(model: string): Promise<void>
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock = systemClock, logger, prices = createPriceBook(), provider = 'openai' } = options
  const { metrics = new MetricsCollector({ clock }), ledger, exporters } = options
  const emitter = createEmitter({ metrics, logger, ledger, exporters })

  /** A book of the caller's that fails knows no price: an answer that is paid for is not lost with it. */
  function cardOf(model: string, at: number): PriceCard | Promise<PriceCard> {
    const lose = (): PriceCard => {
      countLoss(metrics, 'prices')
      return fallbackCard({ provider, model })
    }
    try {
      const card = prices.cardFor({ provider, model, at })
      // Only the first time, while the price book loads.
      return card instanceof Promise ? card.catch(lose) : card
    } catch {
      return lose()
    }
  }

  function open(call: Pick<CallFacts, 'operation' | 'stream' | 'model'>, context: CallContext): OpenCall {
    const { tenant, endpoint, promptVersion } = context
    const timestamp = clock.now()
    const startMs = clock.monotonicMs()
    let firstChunkMs: number | undefined
    let lastChunkMs = startMs
    let chunks = 0
    let record: Promise<LLMCallMetrics> | undefined
    countInFlight(metrics, 1)

    async function toRecord(end: CallEnd, endMs: number): Promise<LLMCallMetrics> {
      const { billedUsage, savedUsage } = end
      // The provider was silent. What fails is not held up for a tokenizer, nor does it start to load one (MET-19, FLT-06).
      const isEstimate = [billedUsage, savedUsage].some((usage) => typeof usage === 'function')
      if (isEstimate && end.error === undefined) await loadTokenizer(call.model)
      const made = createCallRecord({
        ...call,
        ...end,
        billedUsage: resolveUsage(billedUsage),
        savedUsage: resolveUsage(savedUsage),
        id: randomUUID(),
        provider,
        tenant,
        endpoint,
        promptVersion,
        timestamp,
        latencyMs: endMs - startMs,
        timeToFirstChunkMs: firstChunkMs === undefined ? undefined : firstChunkMs - startMs,
        chunksPerSecond: ratePerSecond(chunks, firstChunkMs, lastChunkMs),
        card: await cardOf(end.fallbackModel ?? call.model, timestamp),
      })
      emitter.emit(made)
      return made
    }

    return {
      sawChunk(chunk) {
        if (!hasContent(chunk)) return
        lastChunkMs = clock.monotonicMs()
        firstChunkMs ??= lastChunkMs
        chunks++
      },
      sawVerdicts: (verdicts) => countVerdicts(metrics, verdicts),
      end(end) {
        if (record === undefined) {
          countInFlight(metrics, -1)
          record = toRecord(end, clock.monotonicMs())
        }
        return record
      },
    }
  }

  return {
    metrics,
    open,
    async assertPriced(model) {
      const card = await cardOf(model, clock.now())
      if (card.source !== 'fallback') return
      throw new InvalidRequestError(
        `No price is known for model ${model}, and prices are strict. Nothing was sent.`,
        {
          path: 'model',
        },
      )
    },
  }
}

/** Content chunks per second between the first and the last; undefined for fewer than two, or no time between them. */
function ratePerSecond(chunks: number, firstMs: number | undefined, lastMs: number): number | undefined {
  if (firstMs === undefined || chunks < 2 || lastMs <= firstMs) return undefined
  return ((chunks - 1) * 1000) / (lastMs - firstMs)
}
