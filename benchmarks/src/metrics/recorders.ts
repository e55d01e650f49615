import { MetricsCollector, systemClock, type LLMCallMetrics } from '@plumbline/core'
import { createPrometheusExporter } from '@plumbline/core/prometheus'
import { Counter, Histogram, Registry } from 'prom-client'

/** What takes records, by the name of its row; the first is what the others are set against. */
export const recorderNames = [
  'prom-client 15.1.3, histogram and counters',
  'prom-client again (A/A)',
  'plumbline, MetricsCollector.record',
  'plumbline, Prometheus exporter (1,000 combinations at most)',
] as const

export type RecorderName = (typeof recorderNames)[number]

/** Takes one record. `call.timestamp` is its time. */
export type Recorder = (call: LLMCallMetrics) => void

/** A fresh recorder, without any record. */
export function createRecorder(name: RecorderName): Recorder {
  switch (name) {
    case 'plumbline, MetricsCollector.record':
      return collectorRecorder()
    case 'plumbline, Prometheus exporter (1,000 combinations at most)': {
      const exporter = createPrometheusExporter()
      return (call) => exporter.record(call)
    }
    default:
      return promClientRecorder()
  }
}

function collectorRecorder(): Recorder {
  let nowMs = 0
  const collector = new MetricsCollector({ clock: { ...systemClock, now: () => nowMs } })
  return (call) => {
    nowMs = call.timestamp
    collector.record(call)
  }
}

/**
 * What the collector counts and sums, as prom-client's README has it done (15.1.3, read 2026-11-29): a metric each, all of them with the
 * same four labels, amounts that are zero left out. It keeps a series for each combination of labels, the collector one for each value.
 */
function promClientRecorder(): Recorder {
  const labelNames = ['model', 'endpoint', 'prompt_version', 'tenant']
  const registers = [new Registry()]
  const counter = (name: string): Counter => new Counter({ name, help: name, labelNames, registers })
  const calls = counter('calls_total')
  const succeeded = counter('succeeded_total')
  const attempts = counter('attempts_total')
  const inputTokens = counter('input_tokens_total')
  const outputTokens = counter('output_tokens_total')
  const cost = counter('cost_total')
  const saved = counter('saved_total')
  const savedTokens = counter('saved_tokens_total')
  const latency = new Histogram({
    name: 'latency_seconds',
    help: 'latency',
    labelNames,
    registers,
    // As many as the exporter of ours has.
    buckets: [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4],
  })
  return (call) => {
    const labels = {
      model: call.model,
      endpoint: call.endpoint ?? '',
      prompt_version: call.promptVersion ?? '',
      tenant: call.tenant,
    }
    calls.inc(labels)
    if (call.success) succeeded.inc(labels)
    attempts.inc(labels, call.attempts)
    inputTokens.inc(labels, call.inputTokens)
    outputTokens.inc(labels, call.outputTokens)
    if (call.costNanoUsd > 0) cost.inc(labels, call.costNanoUsd)
    if (call.savedNanoUsd > 0) saved.inc(labels, call.savedNanoUsd)
    if (call.savedTokens > 0) savedTokens.inc(labels, call.savedTokens)
    latency.observe(labels, call.latencyMs / 1000)
  }
}
