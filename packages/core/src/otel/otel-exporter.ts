import {
  context,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Meter,
  type Tracer,
} from '@opentelemetry/api'

import type { MetricsExporter } from '../metrics/exporter.ts'
import { createLabelCap } from '../metrics/label-cap.ts'
import { nanoUsdToUsd } from '../metrics/money.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { amount } from '../metrics/tally.ts'

export interface OtelOptions {
  /** Default: the meter `plumbline` of the application's meter provider. */
  meter?: Meter
  /** Default: the tracer `plumbline` of the application's tracer provider. */
  tracer?: Tracer
  /** How many values of one label the metrics have; the rest share `other`. Default 100. */
  maxLabelValues?: number
}

/** Bucket bounds that the conventions name (https://github.com/open-telemetry/semantic-conventions-genai, read 2026-11-23). */
const durationBoundaries = Array.from({ length: 14 }, (_, i) => 0.01 * 2 ** i)
const tokenBoundaries = Array.from({ length: 14 }, (_, i) => 4 ** i)

/**
 * Sends records to OpenTelemetry by the GenAI conventions, which are in development: token counts and the provider's name go
 * out under the older and the newer names (`gen_ai.client.token.usage` and `gen_ai.client.inference.usage.*`, `gen_ai.system`
 * and `gen_ai.provider.name`). Each call is a span, a child of the one that was active around it. No prompt, no answer.
 * Does nothing until the application registers an SDK.
 */
export function createOtelExporter(options: OtelOptions = {}): MetricsExporter {
  const { meter = metrics.getMeter('plumbline'), tracer = trace.getTracer('plumbline') } = options
  const cap = createLabelCap(options.maxLabelValues)
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: durationBoundaries },
    })
  const duration = seconds('gen_ai.client.operation.duration', 'Calls, retries and back-off included.')
  const firstChunk = seconds(
    'gen_ai.client.operation.time_to_first_chunk',
    'Streamed calls, to the first chunk.',
  )
  const perChunk = seconds(
    'gen_ai.client.operation.time_per_output_chunk',
    'Streamed calls, from chunk to chunk.',
  )
  const tokenUsage = meter.createHistogram('gen_ai.client.token.usage', {
    description: 'Billed tokens of a call.',
    unit: '{token}',
    advice: { explicitBucketBoundaries: tokenBoundaries },
  })
  const usage = (name: string) =>
    meter.createCounter(`gen_ai.client.inference.usage.${name}`, { unit: '{token}' })
  const inputTokens = usage('input_tokens')
  const outputTokens = usage('output_tokens')
  const cachedTokens = usage('cache_read.input_tokens')
  const reasoningTokens = usage('reasoning.output_tokens')
  // The conventions have no accepted name for money, so these are under our own.
  const cost = meter.createCounter('plumbline.cost', { description: 'Billed.', unit: '{USD}' })
  const saved = meter.createCounter('plumbline.saved', {
    description: 'What the caches saved.',
    unit: '{USD}',
  })

  function record(call: LLMCallMetrics): void {
    const attributes: Attributes = {
      'gen_ai.operation.name': call.operation === 'chat' ? 'chat' : 'embeddings',
      'gen_ai.provider.name': cap('provider', call.provider),
      'gen_ai.system': cap('provider', call.provider),
      'gen_ai.request.model': cap('model', call.model),
      ...(call.fallbackModel !== undefined && {
        'gen_ai.response.model': cap('model', call.fallbackModel),
      }),
      ...(call.error && { 'error.type': call.error.code }),
    }
    cost.add(nanoUsdToUsd(amount(call.costNanoUsd)), attributes)
    saved.add(nanoUsdToUsd(amount(call.savedNanoUsd)), attributes)
    if (call.attempts > 0) recordProviderCall(call, attributes)
    recordSpan(call, attributes)
  }

  function recordProviderCall(call: LLMCallMetrics, attributes: Attributes): void {
    duration.record(amount(call.latencyMs) / 1000, attributes)
    if (call.timeToFirstChunkMs !== undefined) {
      firstChunk.record(amount(call.timeToFirstChunkMs) / 1000, attributes)
    }
    if (call.chunksPerSecond !== undefined) perChunk.record(1 / call.chunksPerSecond, attributes)
    tokenUsage.record(amount(call.inputTokens), { ...attributes, 'gen_ai.token.type': 'input' })
    tokenUsage.record(amount(call.outputTokens), { ...attributes, 'gen_ai.token.type': 'output' })
    inputTokens.add(amount(call.inputTokens), attributes)
    outputTokens.add(amount(call.outputTokens), attributes)
    cachedTokens.add(amount(call.cachedInputTokens), attributes)
    reasoningTokens.add(amount(call.reasoningTokens), attributes)
  }

  /** Begun and ended at once, with the times of the call: a span of its own is not around what the call does. */
  function recordSpan(call: LLMCallMetrics, attributes: Attributes): void {
    const operation = attributes['gen_ai.operation.name']
    const span = tracer.startSpan(
      `${String(operation)} ${call.model}`,
      {
        kind: SpanKind.CLIENT,
        startTime: call.timestamp,
        attributes: {
          ...attributes,
          'gen_ai.request.model': call.model,
          'gen_ai.usage.input_tokens': call.inputTokens,
          'gen_ai.usage.output_tokens': call.outputTokens,
          'gen_ai.usage.cache_read.input_tokens': call.cachedInputTokens,
          'gen_ai.usage.reasoning.output_tokens': call.reasoningTokens,
          'plumbline.call.id': call.id,
          'plumbline.tenant': call.tenant,
          ...(call.endpoint !== undefined && { 'plumbline.endpoint': call.endpoint }),
          ...(call.promptVersion !== undefined && { 'plumbline.prompt_version': call.promptVersion }),
          'plumbline.outcome': call.outcome,
          'plumbline.cache_status': call.cacheStatus,
          'plumbline.attempts': call.attempts,
          'plumbline.cost_nano_usd': call.costNanoUsd,
          'plumbline.saved_nano_usd': call.savedNanoUsd,
        },
      },
      context.active(),
    )
    if (call.error) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(call.timestamp + amount(call.latencyMs))
  }

  return { record }
}
