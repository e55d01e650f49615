import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { BaseMessage, ToolCallChunk } from '@langchain/core/messages'
import type { LLMResult } from '@langchain/core/outputs'
import {
  CancelledError,
  countInFlight,
  countLoss,
  countVerdicts,
  createCallRecord,
  createEmitter,
  createPriceBook,
  fallbackCard,
  InvalidRequestError,
  loadTokenizer,
  MetricsCollector,
  outcomeOf,
  resolveUsage,
  systemClock,
  type CallFacts,
  type CallLogger,
  type Clock,
  type Emitter,
  type Ledger,
  type LLMCallMetrics,
  type MetricsExporter,
  type PlumblineError,
  type PriceBook,
  type PriceCard,
  type UsageCount,
} from '@plumbline/core'

import type { CallRun } from './call-run.ts'
import {
  endingOf,
  estimateMessages,
  finishOf,
  labelsOf,
  ratePerSecond,
  toTypedError,
  usageFromMessage,
} from './call-facts.ts'

export interface MetricsHandlerOptions {
  /** Default: a collector of its own. */
  metrics?: MetricsCollector | undefined
  /** Default: none. */
  logger?: CallLogger | undefined
  /** Default: none. Whoever opened it closes it. */
  ledger?: Ledger | undefined
  /** Default: none. */
  exporters?: readonly MetricsExporter[] | undefined
  /** Default: the dated book of published prices. */
  prices?: PriceBook | undefined
  clock?: Clock | undefined
  /** The provider's name in the records. Default `openai`. */
  provider?: string | undefined
  /** After this time without an event a run counts as abandoned, in ms. Default 10 minutes. */
  idleMs?: number | undefined
}

/** One run between its start and its end. */
interface OpenRun extends Pick<CallFacts, 'tenant' | 'endpoint' | 'promptVersion' | 'timestamp' | 'model'> {
  startMs: number
  seenMs: number
  prompt: readonly BaseMessage[]
  /** What the events alone say of a stream. */
  stream: boolean
  text: string
  contentChunks: number
  firstContentMs: number | undefined
  lastContentMs: number | undefined
  /** The call as our own completions see it; undefined with anybody else's model. */
  run: CallRun | undefined
}

/** What is known at the end of a run, beyond its start. */
type Ending = Pick<CallFacts, 'outcome' | 'error' | 'blockedBy' | 'usageEstimated'> &
  Pick<CallFacts, 'cacheStatus' | 'attempts' | 'fallbackModel'> &
  UsageCounts

interface UsageCounts {
  billedUsage?: UsageCount | undefined
  savedUsage?: UsageCount | undefined
}

/** Runs that have no end yet; over this the longest silent one is closed as abandoned. */
const maxOpenRuns = 10_000

/**
 * Leaves one `LLMCallMetrics` record per chat model run, in any LangChain application:
 *
 *     const handler = new MetricsCallbackHandler()
 *     await model.invoke('Hello', { callbacks: [handler], metadata: { tenant: 'acme', endpoint: 'faq' } })
 *     handler.metrics.summary().totalCostUsd
 *
 * `tenant`, `endpoint` and `promptVersion` are read from the run's metadata, or else from tags such as `endpoint:faq`; agents hand
 * both on to their models. LangChain waits for it (`awaitHandlers`), so that the record is there when the call returns.
 * Alone it knows what callbacks tell: retries are invisible (`attempts` is 1), and a stream whose reader leaves fires no
 * event, so it is closed as cancelled once it has been silent for `idleMs`. Together with `createChatModel` the records are
 * exact, and such a stream is recorded at once.
 */
export class MetricsCallbackHandler extends BaseCallbackHandler {
  override name = 'plumbline_metrics'
  // In the background queue a record is made some time after its call, with a latency of the queue's (MET-04, MET-16).
  override awaitHandlers = true
  override raiseError = false
  readonly metrics: MetricsCollector
  readonly #emitter: Emitter
  readonly #prices: PriceBook
  readonly #clock: Clock
  readonly #provider: string
  readonly #idleMs: number
  /** In the order of their last event. */
  readonly #open = new Map<string, OpenRun>()
  /** Those of our own completions, which end by their deadline at the latest. */
  readonly #attached = new Map<string, OpenRun>()
  #isWatching = false

  constructor(options: MetricsHandlerOptions = {}) {
    super()
    const {
      clock = systemClock,
      metrics = new MetricsCollector({ clock }),
      logger,
      ledger,
      exporters,
    } = options
    this.metrics = metrics
    this.#emitter = createEmitter({ metrics, logger, ledger, exporters })
    this.#prices = options.prices ?? createPriceBook()
    this.#clock = clock
    this.#provider = options.provider ?? 'openai'
    this.#idleMs = options.idleMs ?? 600_000
  }

  /** The same handler: a copy would have other runs open. */
  override copy(): this {
    return this
  }

  override async handleChatModelStart(
    _model: unknown,
    messages: BaseMessage[][],
    runId: string,
    _parentRunId?: string,
    extra: Record<string, unknown> = {},
    tags: string[] = [],
    metadata: Record<string, unknown> = {},
  ): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    // LangChain's name for what goes on the wire.
    const params = extra['invocation_params'] as { model?: unknown } | undefined
    countInFlight(this.metrics, 1)
    this.#open.set(runId, {
      ...labelsOf(metadata, tags),
      model: String(params?.model ?? metadata['ls_model_name'] ?? 'unknown'),
      timestamp: this.#clock.now(),
      startMs: nowMs,
      seenMs: nowMs,
      prompt: messages[0] ?? [],
      stream: false,
      text: '',
      contentChunks: 0,
      firstContentMs: undefined,
      lastContentMs: undefined,
      run: undefined,
    })
    await this.#closeAbandoned(nowMs)
    this.#watchIdle()
  }

  override handleLLMNewToken(
    token: string,
    _index: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    fields?: { chunk?: unknown },
  ): void {
    const open = this.#open.get(runId)
    // A cache hit fires one token too, without a chunk: it is no stream.
    if (open === undefined || fields?.chunk === undefined) return
    open.stream = true
    open.seenMs = this.#clock.monotonicMs()
    this.#open.delete(runId)
    this.#open.set(runId, open)
    // A piece of a tool call is content without a token.
    const { message } = fields.chunk as { message?: { tool_call_chunks?: ToolCallChunk[] } }
    const calls = message?.tool_call_chunks ?? []
    if (token === '' && calls.length === 0) return
    open.text += token + calls.map(({ name, args }) => (name ?? '') + (args ?? '')).join('')
    open.contentChunks++
    open.firstContentMs ??= open.seenMs
    open.lastContentMs = open.seenMs
  }

  override async handleLLMEnd(
    output: LLMResult,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    extra?: Record<string, unknown>,
  ): Promise<void> {
    const open = this.#take(runId)
    if (open === undefined) return
    if (open.run) {
      const { response } = open.run
      await this.#record(open, { outcome: response ? outcomeOf(response) : 'success', ...factsOf(open.run) })
      return
    }
    const generation = output.generations[0]?.[0]
    const message = generation && 'message' in generation ? (generation.message as BaseMessage) : undefined
    const reported = message && usageFromMessage(message)
    const usage = reported ?? (() => estimateMessages(open.prompt, generation?.text ?? '', open.model))
    const isHit = extra?.['cached'] === true
    await this.#record(open, {
      outcome: finishOf(message),
      cacheStatus: isHit ? 'hit' : 'off',
      attempts: isHit ? 0 : 1,
      billedUsage: isHit ? undefined : usage,
      savedUsage: isHit ? usage : undefined,
      usageEstimated: !isHit && reported === undefined,
    })
  }

  override async handleLLMError(thrown: unknown, runId: string): Promise<void> {
    const open = this.#take(runId)
    if (open) await this.#recordError(open, toTypedError(thrown, this.#clock.now()))
  }

  /**
   * Tells the handler that `run` is what LangChain calls `runId`, so that its record is exact, and closes the run when its
   * reader leaves, which LangChain has no event for (MET-07).
   */
  attach(runId: string, run: CallRun): void {
    const open = this.#open.get(runId)
    if (open === undefined) return
    this.#open.delete(runId)
    this.#attached.set(runId, open)
    open.run = run
    run.isRecorded = true
    run.onAbandon(async (error) => {
      const left = this.#take(runId)
      if (left) await this.#recordError(left, error)
    })
  }

  /** Throws `InvalidRequestError` for a model that has no price card of its own. */
  async assertPriced(model: string): Promise<void> {
    const card = await this.#cardOf(model, this.#clock.now())
    if (card.source !== 'fallback') return
    throw new InvalidRequestError(
      `No price is known for model ${model}, and prices are strict. Nothing was sent.`,
      {
        path: 'model',
      },
    )
  }

  /** Makes, counts and logs the record of a call that LangChain has no events for, such as an embedding. */
  async record(
    facts: Omit<CallFacts, 'id' | 'card' | 'provider' | keyof UsageCounts> & UsageCounts,
  ): Promise<LLMCallMetrics> {
    const { timestamp, billedUsage, savedUsage } = facts
    // The provider was silent. What fails is not held up for a tokenizer, nor does it start to load one (MET-19, FLT-06).
    const isEstimate = [billedUsage, savedUsage].some((usage) => typeof usage === 'function')
    if (isEstimate && facts.error === undefined) await loadTokenizer(facts.model)
    // The fallback is priced, where there was one.
    const model = facts.fallbackModel ?? facts.model
    const provider = this.#provider
    const card = await this.#cardOf(model, timestamp)
    const record = createCallRecord({
      ...facts,
      billedUsage: resolveUsage(billedUsage),
      savedUsage: resolveUsage(savedUsage),
      id: crypto.randomUUID(),
      provider,
      card,
    })
    this.#emitter.emit(record)
    return record
  }

  /** A book of the caller's that fails knows no price: an answer that is paid for is not lost with it. */
  #cardOf(model: string, at: number): PriceCard | Promise<PriceCard> {
    const provider = this.#provider
    const lose = (): PriceCard => {
      countLoss(this.metrics, 'prices')
      return fallbackCard({ provider, model })
    }
    try {
      const card = this.#prices.cardFor({ provider, model, at })
      // Only the first time, while the price book loads.
      return card instanceof Promise ? card.catch(lose) : card
    } catch {
      return lose()
    }
  }

  #take(runId: string): OpenRun | undefined {
    const open = this.#open.get(runId) ?? this.#attached.get(runId)
    if (this.#open.delete(runId) || this.#attached.delete(runId)) countInFlight(this.metrics, -1)
    return open
  }

  async #recordError(open: OpenRun, error: PlumblineError): Promise<void> {
    const received = open.text === '' ? undefined : () => estimateMessages(open.prompt, open.text, open.model)
    await this.#record(open, {
      ...endingOf(error),
      ...(open.run
        ? factsOf(open.run)
        : { cacheStatus: 'off', attempts: 1, billedUsage: received, usageEstimated: received !== undefined }),
    })
  }

  async #record(open: OpenRun, ending: Ending): Promise<void> {
    const { run, startMs, tenant, endpoint, promptVersion, timestamp } = open
    const { contentChunks, firstContentMs, lastContentMs } = run ?? open
    // Read before the price book is asked: loading it is not the call's time.
    const latencyMs = this.#clock.monotonicMs() - startMs
    if (run) countVerdicts(this.metrics, run.verdicts)
    const record = await this.record({
      ...ending,
      operation: 'chat',
      stream: run?.stream ?? open.stream,
      model: run?.model ?? open.model,
      tenant,
      endpoint,
      promptVersion,
      timestamp,
      latencyMs,
      timeToFirstChunkMs: firstContentMs === undefined ? undefined : firstContentMs - startMs,
      chunksPerSecond: ratePerSecond(contentChunks, firstContentMs, lastContentMs),
    })
    run?.settleRecord(record)
  }

  /** One timer for all open runs, and none while there are none. Not the clock's, which keeps the process alive for it. */
  #watchIdle(): void {
    if (this.#isWatching) return
    const [longestSilent] = this.#open.values()
    if (longestSilent === undefined) return
    this.#isWatching = true
    const silentMs = this.#clock.monotonicMs() - longestSilent.seenMs
    const timer = setTimeout(
      () => {
        this.#isWatching = false
        void this.#closeAbandoned(this.#clock.monotonicMs()).catch(() => countLoss(this.metrics, 'metrics'))
        this.#watchIdle()
      },
      Math.max(10, this.#idleMs + 1 - silentMs),
    )
    timer.unref()
  }

  async #closeAbandoned(nowMs: number): Promise<void> {
    for (const [runId, open] of this.#open) {
      const isIdle = nowMs - open.seenMs > this.#idleMs
      if (!isIdle && this.#open.size <= maxOpenRuns) return
      this.#take(runId)
      await this.#recordError(open, new CancelledError('The run was abandoned.'))
    }
  }
}

function factsOf(run: CallRun): Pick<Ending, Exclude<keyof Ending, 'outcome' | 'error' | 'blockedBy'>> {
  const { cacheStatus, attempts, fallbackModel, billedUsage, savedUsage, usageEstimated } = run
  return { cacheStatus, attempts, fallbackModel, billedUsage, savedUsage, usageEstimated }
}
