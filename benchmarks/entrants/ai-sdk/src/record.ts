import type { CallContext, LLMCallMetrics, MetricsCollector } from '@plumbline/core'
import type { GenerateTextEndEvent, Telemetry, ToolSet } from 'ai'

import { toContractError } from './errors.ts'

type CallFacts = Pick<LLMCallMetrics, 'operation' | 'stream' | 'model'>

/** What writes the record of one call, and the record once it is written. */
export interface CallTelemetry {
  integration: Telemetry
  /** Throws when the AI SDK has not said that the call ended. */
  record(): LLMCallMetrics
}

/**
 * A telemetry integration that writes the record of one call, from what it is told of that call
 * (https://ai-sdk.dev/docs/ai-sdk-core/telemetry#telemetry-integrations, read 2026-11-24). The AI SDK keeps no sums: `metrics`
 * stands where its docs have a telemetry backend.
 */
export function createCallTelemetry(
  facts: CallFacts,
  context: CallContext,
  metrics: MetricsCollector,
): CallTelemetry {
  const { tenant = 'default', endpoint, promptVersion } = context
  const timestamp = Date.now()
  const startedMs = performance.now()
  let record: LLMCallMetrics | undefined

  function write(ending: Partial<LLMCallMetrics>): void {
    // A stream that fails may end as well; its error came first.
    if (record !== undefined) return
    record = {
      id: crypto.randomUUID(),
      ...facts,
      provider: 'openai',
      tenant,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(promptVersion === undefined ? {} : { promptVersion }),
      timestamp,
      latencyMs: performance.now() - startedMs,
      ...notReported,
      success: true,
      outcome: 'success',
      ...ending,
    }
    metrics.record(record)
  }

  function fail(thrown: unknown): void {
    const { name, code, attempts = 1 } = toContractError(thrown, context)
    const outcome = code === 'CANCELLED' ? 'cancelled' : 'error'
    write({ success: false, outcome, error: { name, code }, attempts })
  }

  return {
    integration: {
      onEnd(event) {
        if ('finalStep' in event) write(toFigures(event))
        // Of the other operations, only embedding is called here.
        else if ('embedding' in event) write({ inputTokens: event.usage.tokens })
      },
      onError(event) {
        // Its docs: "The error value is untyped"; it is `{ callId, error }`.
        fail((event as { error: unknown }).error)
      },
      onAbort: ({ reason }) => fail(reason),
    },
    record() {
      if (record === undefined) throw new Error('No telemetry event has said that the call ended.')
      return record
    },
  }
}

/** What a record has where the callbacks report nothing. */
const notReported = {
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  usageEstimated: false,
  cacheStatus: 'off',
  attempts: 1,
  costNanoUsd: 0,
  savedNanoUsd: 0,
  savedTokens: 0,
  priceSource: 'fallback',
  priceDate: '',
} as const

/** What a finish reason says about the call; nothing said is a success. */
const endings: Record<string, Partial<LLMCallMetrics>> = {
  length: { success: false, outcome: 'length' },
  'content-filter': { success: false, outcome: 'content_filter' },
  error: { success: false, outcome: 'error' },
  interrupted: {
    success: false,
    outcome: 'error',
    error: { name: 'TruncatedError', code: 'UPSTREAM_TRUNCATED' },
  },
}

function toFigures({ usage, finalStep }: GenerateTextEndEvent<ToolSet>): Partial<LLMCallMetrics> {
  const { stepTimeMs, timeToFirstOutputMs } = finalStep.performance
  return {
    inputTokens: usage.inputTokens ?? 0,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    reasoningTokens: usage.outputTokenDetails.reasoningTokens ?? 0,
    latencyMs: stepTimeMs,
    ...(timeToFirstOutputMs === undefined ? {} : { timeToFirstChunkMs: timeToFirstOutputMs }),
    ...endings[finalStep.finishReason],
  }
}
