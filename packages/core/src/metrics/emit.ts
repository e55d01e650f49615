import type { MetricsCollector } from './collector.ts'
import { countLoss } from './count-safely.ts'
import { nanoUsdToUsd } from './money.ts'
import type { Ledger, MetricsExporter } from './exporter.ts'
import type { LLMCallMetrics } from './record.ts'

/** A logger as pino and its like have it. It may throw or reject: the loss is counted. It must not block. */
export interface CallLogger {
  info(event: Record<string, unknown>, message?: string): void
  warn(event: Record<string, unknown>, message?: string): void
}

export interface EmitterOptions {
  metrics: MetricsCollector
  /** Default: nothing is logged. */
  logger?: CallLogger | undefined
  /** Default: records are not kept for good. */
  ledger?: Pick<Ledger, 'record'> | undefined
  /** Default: none. */
  exporters?: readonly MetricsExporter[] | undefined
}

/** Sends each record to its places. */
export interface Emitter {
  /** Counts and logs one record; never throws and never waits. */
  emit(record: LLMCallMetrics): void
}

/** A process that calls more unknown models than this hears no more of them: the first ones say what is wrong. */
const maxWarnedModels = 1000

/**
 * Creates the last step of a call: the record goes into the collector, the ledger and each exporter, then one event
 * `llm_call` goes to the logger, and one warning per model that has no price. Events hold labels and numbers, never prompts
 * or answers. What one of them loses by throwing is counted as a loss `metrics`, `ledger`, `exporter` or `logger`.
 */
export function createEmitter(options: EmitterOptions): Emitter {
  const { metrics, logger, ledger, exporters = [] } = options
  const warnedModels = new Set<string>()

  const attempt = (kind: string, step: () => unknown): void => {
    try {
      const outcome = step()
      // An async function passes for a logger; left alone, its rejection would end the process. Nobody waits for it.
      if (isThenable(outcome)) outcome.then(undefined, () => countLoss(metrics, kind))
    } catch {
      countLoss(metrics, kind)
    }
  }

  return {
    emit(record) {
      attempt('metrics', () => metrics.record(record))
      if (ledger) attempt('ledger', () => ledger.record(record))
      for (const exporter of exporters) attempt('exporter', () => exporter.record(record))
      if (!logger) return
      attempt('logger', () => logger.info(toLogEvent(record), 'llm_call'))
      const { model } = record
      if (
        record.priceSource !== 'fallback' ||
        warnedModels.has(model) ||
        warnedModels.size >= maxWarnedModels
      ) {
        return
      }
      warnedModels.add(model)
      attempt('logger', () =>
        logger.warn(
          { event: 'llm_price_unknown', model, provider: record.provider },
          'no price is known for this model: it is priced 5.00 / 15.00 USD per million tokens',
        ),
      )
    },
  }
}

/** Not `instanceof Promise`: a promise of another realm, or of another library, is lost as loudly. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** The `llm_call` event of one record. Labels that the call does not carry are null, so that every event has the same fields. */
export function toLogEvent(record: LLMCallMetrics): Record<string, unknown> {
  return {
    event: 'llm_call',
    call_id: record.id,
    operation: record.operation,
    stream: record.stream,
    provider: record.provider,
    model: record.model,
    input_tokens: record.inputTokens,
    output_tokens: record.outputTokens,
    usage_estimated: record.usageEstimated,
    latency_ms: record.latencyMs,
    cost_usd: nanoUsdToUsd(record.costNanoUsd),
    saved_usd: nanoUsdToUsd(record.savedNanoUsd),
    prompt_version: record.promptVersion ?? null,
    endpoint: record.endpoint ?? null,
    tenant: record.tenant,
    success: record.success,
    outcome: record.outcome,
    error_code: record.error?.code ?? null,
    blocked_by: record.blockedBy ?? null,
    cache_status: record.cacheStatus,
    attempts: record.attempts,
  }
}
