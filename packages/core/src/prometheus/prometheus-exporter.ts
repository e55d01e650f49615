import { Counter, Histogram, Registry } from 'prom-client'

import type { MetricsExporter } from '../metrics/exporter.ts'
import { createLabelCap } from '../metrics/label-cap.ts'
import { absentLabelValue, overflowLabelValue } from '../metrics/labels.ts'
import { nanoUsdToUsd } from '../metrics/money.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { amount } from '../metrics/tally.ts'

export interface PrometheusOptions {
  /** Where the metrics are registered. Default: a registry of its own, without prom-client's metrics of Node. */
  registry?: Registry
  /** How many values of one label have series of their own; the rest share `other`. Default 100. */
  maxLabelValues?: number
  /** How many combinations of labels have series of their own; the rest are `other` in every label. Default 1,000. */
  maxLabelSets?: number
}

export interface PrometheusExporter extends MetricsExporter {
  readonly registry: Registry
  /** What `/metrics` answers with, of the type `registry.contentType`. */
  text(): Promise<string>
}

const labelNames = ['operation', 'model', 'endpoint', 'prompt_version', 'tenant'] as const
type Labels = Record<(typeof labelNames)[number], string>

const overflow = {
  model: overflowLabelValue,
  endpoint: overflowLabelValue,
  prompt_version: overflowLabelValue,
  tenant: overflowLabelValue,
}

/** Doubling from 50 ms, in seconds: what model calls take. A hit is in none of them: it takes the provider no time. */
const latencyBuckets = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4]

/**
 * Counts records as Prometheus metrics, by operation, model, endpoint, prompt version and tenant; names by
 * https://prometheus.io/docs/practices/naming. Money is added up in integer nano-dollars, and shown in dollars.
 * Throws `RangeError` for a bad option.
 */
export function createPrometheusExporter(options: PrometheusOptions = {}): PrometheusExporter {
  const { registry = new Registry(), maxLabelValues, maxLabelSets = 1000 } = options
  const cap = createLabelCap(maxLabelValues)
  const sets = new Set<string>()
  const registers = [registry]

  const counter = (name: string, help: string, more: string[] = []): Counter =>
    new Counter({ name, help, labelNames: [...labelNames, ...more], registers })
  const histogram = (name: string, help: string): Histogram =>
    new Histogram({ name, help, labelNames: ['operation', 'model'], buckets: latencyBuckets, registers })
  const calls = counter('llm_calls_total', 'Logical calls, by how they ended.', ['outcome', 'cache_status'])
  const attempts = counter(
    'llm_provider_requests_total',
    'Requests that reached the provider, retries included.',
  )
  const tokens = counter(
    'llm_tokens_total',
    'Billed tokens; cached ones are part of input, reasoning of output.',
    ['type'],
  )
  const savedTokens = counter('llm_saved_tokens_total', 'Tokens that the caches saved.')
  const latency = histogram('llm_call_duration_seconds', 'Provider calls, from call to last byte.')
  const firstChunk = histogram(
    'llm_time_to_first_chunk_seconds',
    'Streamed provider calls, to the first chunk.',
  )
  const cost = dollars(registry, 'llm_cost_usd_total', 'Billed, in US dollars.')
  const saved = dollars(registry, 'llm_saved_usd_total', 'What the caches saved, in US dollars.')

  function labelsOf(call: LLMCallMetrics): Labels {
    const labels = {
      operation: call.operation,
      model: cap('model', call.model),
      endpoint: cap('endpoint', call.endpoint ?? absentLabelValue),
      prompt_version: cap('prompt_version', call.promptVersion ?? absentLabelValue),
      tenant: cap('tenant', call.tenant),
    }
    const set = JSON.stringify(Object.values(labels))
    if (sets.has(set)) return labels
    if (sets.size >= maxLabelSets) return { operation: call.operation, ...overflow }
    sets.add(set)
    return labels
  }

  return {
    registry,
    text: () => registry.metrics(),
    record(call) {
      const labels = labelsOf(call)
      const { operation, model } = labels
      calls.inc({ ...labels, outcome: call.outcome, cache_status: call.cacheStatus })
      attempts.inc(labels, amount(call.attempts))
      tokens.inc({ ...labels, type: 'input' }, amount(call.inputTokens))
      tokens.inc({ ...labels, type: 'output' }, amount(call.outputTokens))
      savedTokens.inc(labels, amount(call.savedTokens))
      cost.add(labels, amount(call.costNanoUsd))
      saved.add(labels, amount(call.savedNanoUsd))
      if (call.attempts === 0) return
      latency.observe({ operation, model }, amount(call.latencyMs) / 1000)
      if (call.timeToFirstChunkMs !== undefined) {
        firstChunk.observe({ operation, model }, amount(call.timeToFirstChunkMs) / 1000)
      }
    },
  }
}

/** A counter in dollars over exact sums in nano-dollars: a sum of dollars would drift by the rounding of each addition. */
function dollars(
  registry: Registry,
  name: string,
  help: string,
): { add(labels: Labels, nanoUsd: number): void } {
  const sums = new Map<string, { labels: Labels; nanoUsd: number }>()
  const counter: Counter = new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      counter.reset()
      for (const { labels, nanoUsd } of sums.values()) counter.inc(labels, nanoUsdToUsd(nanoUsd))
    },
  })
  return {
    add(labels, nanoUsd) {
      const key = JSON.stringify(Object.values(labels))
      const sum = sums.get(key)
      if (sum) sum.nanoUsd += nanoUsd
      else sums.set(key, { labels, nanoUsd })
    },
  }
}
