import { SpanStatusCode } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'

import { makeCall, makeHit } from '../metrics/__fixtures__/calls.ts'
import type { LLMCallMetrics } from '../metrics/record.ts'
import { createOtelExporter } from './otel-exporter.ts'

/** What the real SDK makes of these records. */
async function exported(calls: readonly LLMCallMetrics[], maxLabelValues?: number) {
  const spans = new InMemorySpanExporter()
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] })
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
  const meters = new MeterProvider({ readers: [reader] })
  const exporter = createOtelExporter({
    meter: meters.getMeter('test'),
    tracer: tracers.getTracer('test'),
    ...(maxLabelValues !== undefined && { maxLabelValues }),
  })
  for (const call of calls) exporter.record(call)
  await Promise.all([tracers.forceFlush(), meters.forceFlush()])
  const points = new Map(
    metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      ]),
  )
  const finished = [...spans.getFinishedSpans()]
  await Promise.all([tracers.shutdown(), meters.shutdown()])
  return { points, spans: finished }
}

test('tokens, time and the provider go out under the older and the newer names', async () => {
  const call = makeCall({
    stream: true,
    latencyMs: 1500,
    timeToFirstChunkMs: 300,
    chunksPerSecond: 50,
    cachedInputTokens: 4,
    reasoningTokens: 2,
  })
  const { points, spans } = await exported([call])
  const first = (name: string) => points.get(name)?.[0]
  expect(first('gen_ai.client.operation.duration')).toMatchObject({ value: { count: 1, sum: 1.5 } })
  expect(first('gen_ai.client.operation.time_to_first_chunk')).toMatchObject({ value: { sum: 0.3 } })
  expect(first('gen_ai.client.operation.time_per_output_chunk')).toMatchObject({ value: { sum: 0.02 } })
  expect(
    points.get('gen_ai.client.token.usage')?.map(({ attributes }) => attributes['gen_ai.token.type']),
  ).toEqual(['input', 'output'])
  const counters = ['input_tokens', 'output_tokens', 'cache_read.input_tokens', 'reasoning.output_tokens']
  expect(counters.map((name) => first(`gen_ai.client.inference.usage.${name}`)?.value)).toEqual([10, 5, 4, 2])
  expect(first('plumbline.cost')?.value).toBe(0.000075)

  const names = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  }
  for (const [name, [point]] of points) expect(point?.attributes, name).toMatchObject(names)
  expect(spans.map(({ name }) => name)).toEqual(['chat gpt-4o'])
  expect(spans[0]?.attributes).toMatchObject({
    ...names,
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 5,
    'plumbline.cost_nano_usd': 75_000,
  })
  expect(spans[0]?.duration).toEqual([1, 500_000_000])
})

test('a failure says what it was, and a hit is no call to the provider', async () => {
  const error = { name: 'TimeoutError', code: 'TIMEOUT' }
  const failed = makeCall({ operation: 'embed', success: false, outcome: 'error', error })
  const { points, spans } = await exported([failed, makeHit()])
  expect(points.get('gen_ai.client.operation.duration')).toMatchObject([
    { attributes: { 'error.type': 'TIMEOUT', 'gen_ai.operation.name': 'embeddings' }, value: { count: 1 } },
  ])
  expect(points.get('plumbline.saved')?.map(({ value }) => value)).toEqual([0, 0.000075])
  expect(spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET])
})

test('1,000 models are bounded series', async () => {
  const calls = Array.from({ length: 1000 }, (_, i) => makeCall({ model: `model-${i}` }))
  const { points, spans } = await exported(calls, 10)
  expect([points.get('plumbline.cost')?.length, spans.length]).toEqual([11, 1000])
})
