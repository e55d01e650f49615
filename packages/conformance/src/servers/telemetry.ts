import type { Meter, Tracer } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace'

/** One point of a metric: what it is of, and a sum or a histogram. */
export interface MetricPoint {
  attributes: Record<string, unknown>
  value: unknown
}

/** The real OpenTelemetry SDK, which keeps what it is given. */
export interface Telemetry {
  meter: Meter
  tracer: Tracer
  /** All that it was given so far, metrics by name; then it is shut down. */
  collect(): Promise<{ metrics: Map<string, MetricPoint[]>; spans: ReadableSpan[] }>
}

export function startTelemetry(): Telemetry {
  const spanExporter = new InMemorySpanExporter()
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const tracers = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  })
  // Never by itself: `collect` asks.
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  })
  const meters = new MeterProvider({ readers: [reader] })
  return {
    meter: meters.getMeter('lab'),
    tracer: tracers.getTracer('lab'),
    async collect() {
      await Promise.all([tracers.forceFlush(), meters.forceFlush()])
      const metrics = metricExporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
        .map(({ descriptor, dataPoints }): [string, MetricPoint[]] => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => ({ attributes, value })),
        ])
      const spans = [...spanExporter.getFinishedSpans()]
      await Promise.all([tracers.shutdown(), meters.shutdown()])
      return { metrics: new Map(metrics), spans }
    },
  }
}
