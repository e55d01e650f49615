import type { LLMCallMetrics } from './record.ts'

/**
 * A place that records go to beside the collector and the log, such as Prometheus or OpenTelemetry. It is called once per
 * record, in the call's own asynchronous context, and nobody waits for it. What it throws or rejects with is counted as a
 * loss `exporter`. It must not block.
 */
export interface MetricsExporter {
  record(call: LLMCallMetrics): unknown
}

/** Where records are kept for good. `openLedger` of `@plumbline/core/ledger` is one, on SQLite. */
export interface Ledger {
  /** Takes one record and returns at once. Throws when it cannot take it; that is counted as a loss `ledger`. */
  record(call: LLMCallMetrics): void
  /** Resolves once all that was taken before is kept for good; rejects when it could not be. */
  flush(): Promise<void>
  /** Rejects while records cannot be kept. */
  ping(): Promise<void>
  /** Flushes, and takes no more. A second call does nothing. */
  close(): Promise<void>
}
