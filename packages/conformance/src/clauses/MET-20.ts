import type { LLMCallMetrics, MetricsExporter } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ledgerCall } from '../servers/ledger-call.ts'
import { promtoolFindings } from '../servers/promtool.ts'
import type { MetricPoint } from '../servers/telemetry.ts'

/** The text of `/metrics` after these calls. */
async function prometheusTextOf(calls: readonly LLMCallMetrics[]): Promise<string> {
  const { createPrometheusExporter } = await import('@plumbline/core/prometheus')
  const exporter = createPrometheusExporter()
  recordAll(exporter, calls)
  return exporter.text()
}

/** What the real OpenTelemetry SDK holds after these calls. */
async function telemetryOf(calls: readonly LLMCallMetrics[]) {
  // A third of a second, which every run of the suite would pay.
  const [{ createOtelExporter }, { startTelemetry }] = await Promise.all([
    import('@plumbline/core/otel'),
    import('../servers/telemetry.ts'),
  ])
  const telemetry = startTelemetry()
  recordAll(createOtelExporter(telemetry), calls)
  return telemetry.collect()
}

function recordAll(exporter: MetricsExporter, calls: readonly LLMCallMetrics[]): void {
  for (const call of calls) exporter.record(call)
}

/** A streamed call with every kind of token. */
const streamed: LLMCallMetrics = {
  ...ledgerCall(2),
  model: 'gpt-4o',
  timestamp: Date.UTC(2026, 10, 24),
  latencyMs: 1500,
  timeToFirstChunkMs: 300,
  chunksPerSecond: 50,
  inputTokens: 100,
  cachedInputTokens: 40,
  outputTokens: 20,
  reasoningTokens: 5,
}

const hit: LLMCallMetrics = {
  ...ledgerCall(1),
  cacheStatus: 'hit',
  attempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  savedNanoUsd: 250_001,
  savedTokens: 108,
}

/** The metric names of both conventions that are current, and what a call adds up to under each. */
const tokenCounters = {
  'gen_ai.client.inference.usage.input_tokens': 100,
  'gen_ai.client.inference.usage.output_tokens': 20,
  'gen_ai.client.inference.usage.cache_read.input_tokens': 40,
  'gen_ai.client.inference.usage.reasoning.output_tokens': 5,
}

const sumOf = (point: MetricPoint | undefined): unknown =>
  (point?.value as { sum?: unknown } | undefined)?.sum

export const MET20 = defineClause({
  id: 'MET-20',
  sentence:
    'Prometheus text passes `promtool check metrics`; OpenTelemetry GenAI metrics and span attributes are emitted under both current names (`gen_ai.client.token.usage` and the `gen_ai.client.inference.usage.*` counters), never with prompt text by default.',
  origin: 'user expectation',
  kind: 'part',
  needs: [],
  requires: 'promtool',
  scenarios: [
    {
      name: 'promtool finds nothing to say of calls, streams, embeddings, failures and hits, and their figures are there',
      case: 'ordinary',
      async run({ check }) {
        const calls = [...Array.from({ length: 40 }, (_, i) => ledgerCall(i)), streamed, hit]
        const text = await prometheusTextOf(calls)
        check.equal(promtoolFindings(text), '', 'promtool')
        const labels = 'operation="chat",model="gpt-4o",endpoint="/answer",prompt_version="v2",tenant="acme"'
        for (const line of [
          `llm_calls_total{${labels},outcome="success",cache_status="miss"} 1`,
          `llm_tokens_total{${labels},type="input"} 100`,
          `llm_tokens_total{${labels},type="output"} 20`,
          `llm_cost_usd_total{${labels}} ${streamed.costNanoUsd / 1e9}`,
          'llm_call_duration_seconds_sum{operation="chat",model="gpt-4o"} 1.5',
          'llm_time_to_first_chunk_seconds_sum{operation="chat",model="gpt-4o"} 0.3',
        ])
          check.ok(text.split('\n').includes(line), `the text has the line ${line}`)
      },
    },
    {
      name: 'the metrics and the span of a call have its tokens, times and provider under both current names',
      case: 'ordinary',
      async run({ check }) {
        const { metrics, spans } = await telemetryOf([streamed])
        const named = {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'gpt-4o',
        }
        const [input, output] = metrics.get('gen_ai.client.token.usage') ?? []
        check.deepEqual(
          [input, output].map((point) => [point?.attributes['gen_ai.token.type'], sumOf(point)]),
          [
            ['input', 100],
            ['output', 20],
          ],
          'gen_ai.client.token.usage',
        )
        for (const [name, tokens] of Object.entries(tokenCounters))
          check.equal(metrics.get(name)?.[0]?.value, tokens, name)
        check.equal(sumOf(metrics.get('gen_ai.client.operation.duration')?.[0]), 1.5, 'duration in seconds')
        check.equal(
          sumOf(metrics.get('gen_ai.client.operation.time_to_first_chunk')?.[0]),
          0.3,
          'time to first chunk in seconds',
        )
        for (const [name, points] of metrics)
          for (const { attributes } of points)
            check.deepEqual({ ...attributes, ...named }, attributes, `attributes of ${name}`)
        check.equal(spans.length, 1, 'spans')
        const span = spans[0]
        const attributes = { ...span?.attributes }
        check.deepEqual(
          { ...attributes, ...named, 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 },
          attributes,
          'attributes of the span',
        )
        check.deepEqual([span?.name, span?.duration], ['chat gpt-4o', [1, 500_000_000]], 'the span')
      },
    },
    {
      name: 'no call yet, labels that need escaping, empty ones, and more models than have series of their own',
      case: 'boundary',
      async run({ check }) {
        check.equal(promtoolFindings(await prometheusTextOf([])), '', 'promtool, before any call')
        const labels = ['quote " end', 'back \\ slash', 'two\nlines', '', '\u202E', '{a="b"} 1', '# HELP x']
        const odd = labels.map((label, i) => ({
          ...ledgerCall(i),
          model: label,
          tenant: label,
          endpoint: label,
        }))
        const many = Array.from({ length: 3000 }, (_, i) => ({ ...ledgerCall(i), model: `model ${i}` }))
        const text = await prometheusTextOf([...odd, ...many])
        check.equal(promtoolFindings(text), '', 'promtool')
        const series = text.split('\n').filter((line) => line.startsWith('llm_cost_usd_total{'))
        check.between(series.length, labels.length, 500, 'series of one metric')
        const { metrics } = await telemetryOf([...odd, ...many])
        check.between(
          metrics.get('plumbline.cost')?.length,
          labels.length,
          1000,
          'points of one OpenTelemetry metric',
        )
      },
    },
    {
      name: 'figures that are none break neither the text nor the SDK',
      case: 'nasty',
      async run({ check }) {
        const none = [Number.NaN, -1, Infinity].map((figure, i) => ({
          ...ledgerCall(2 * i),
          latencyMs: figure,
          timeToFirstChunkMs: figure,
          inputTokens: figure,
          costNanoUsd: figure,
        }))
        const text = await prometheusTextOf(none)
        check.equal(promtoolFindings(text), '', 'promtool')
        check.lacks(text, 'NaN', 'the text')
        const { metrics } = await telemetryOf(none)
        const sums = [...metrics.values()].flat().map((point) => sumOf(point) ?? point.value)
        check.ok(sums.length > 0 && sums.every(Number.isFinite), 'every sum is a number')
      },
    },
    {
      name: 'a record that was given what it must not hold passes none of it on',
      case: 'nasty',
      async run({ check }) {
        const secrets = {
          prompt: 'PROMPTWORD',
          input: 'PROMPTWORD',
          messages: '[{"role":"user","content":"PROMPTWORD"}]',
          response: 'ANSWERWORD',
          output: 'ANSWERWORD',
          apiKey: 'sk-KEYWORD',
        }
        const error = {
          name: 'UpstreamError',
          code: 'UPSTREAM_ERROR',
          message: 'PROMPTWORD',
          stack: 'PROMPTWORD',
        }
        const failed = { ...ledgerCall(7), error, ...secrets }
        const { metrics, spans } = await telemetryOf([{ ...streamed, ...secrets }, failed])
        check.equal(spans.length, 2, 'spans')
        const told = [
          await prometheusTextOf([{ ...streamed, ...secrets }, failed]),
          JSON.stringify([...metrics]),
          ...spans.map(({ name, attributes, events, status }) =>
            JSON.stringify({ name, attributes, events, status }),
          ),
        ]
        for (const text of told)
          for (const word of ['PROMPTWORD', 'ANSWERWORD', 'KEYWORD']) check.lacks(text, word, word)
      },
    },
  ],
})
