import type { SQLOutputValue } from 'node:sqlite'

import type { LLMCallMetrics } from '../metrics/record.ts'
import { amount } from '../metrics/tally.ts'

/** The columns of `calls` that a record fills, in the order of `toRow`. */
export const columns = [
  'id',
  'started_at_ms',
  'operation',
  'stream',
  'provider',
  'model',
  'tenant',
  'endpoint',
  'prompt_version',
  'latency_ms',
  'first_chunk_ms',
  'chunks_per_second',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'usage_estimated',
  'success',
  'outcome',
  'fallback_model',
  'error_name',
  'error_code',
  'blocked_by',
  'cache_status',
  'attempts',
  'cost_nano_usd',
  'saved_nano_usd',
  'saved_tokens',
  'price_source',
  'price_date',
  'build',
] as const

export type Row = (string | number | null)[]

/**
 * One record as the values of `columns`. Whatever a record holds, SQLite takes the row: one that it refused would fail its
 * batch again and again. A number that is negative or not finite is 0, as in the collector.
 */
export function toRow(call: LLMCallMetrics): Row {
  return [
    String(call.id),
    whole(call.timestamp),
    call.operation,
    call.stream ? 1 : 0,
    String(call.provider),
    String(call.model),
    String(call.tenant),
    text(call.endpoint),
    text(call.promptVersion),
    amount(call.latencyMs),
    call.timeToFirstChunkMs === undefined ? null : amount(call.timeToFirstChunkMs),
    call.chunksPerSecond === undefined ? null : amount(call.chunksPerSecond),
    whole(call.inputTokens),
    whole(call.cachedInputTokens),
    whole(call.outputTokens),
    whole(call.reasoningTokens),
    call.usageEstimated ? 1 : 0,
    call.success ? 1 : 0,
    call.outcome,
    text(call.fallbackModel),
    text(call.error?.name),
    text(call.error?.code),
    text(call.blockedBy),
    call.cacheStatus,
    whole(call.attempts),
    whole(call.costNanoUsd),
    whole(call.savedNanoUsd),
    whole(call.savedTokens),
    call.priceSource,
    call.priceDate,
    text(call.build),
  ]
}

/** The record of one row of `calls`. */
export function fromRow(row: Record<string, SQLOutputValue>): LLMCallMetrics {
  const present = (name: string, column: string): object =>
    row[column] === null ? {} : { [name]: row[column] }
  // `toRow` wrote the columns from a record of this type, and the table is strict.
  return {
    id: row['id'],
    operation: row['operation'],
    stream: row['stream'] === 1,
    provider: row['provider'],
    model: row['model'],
    tenant: row['tenant'],
    ...present('endpoint', 'endpoint'),
    ...present('promptVersion', 'prompt_version'),
    timestamp: row['started_at_ms'],
    latencyMs: row['latency_ms'],
    ...present('timeToFirstChunkMs', 'first_chunk_ms'),
    ...present('chunksPerSecond', 'chunks_per_second'),
    inputTokens: row['input_tokens'],
    cachedInputTokens: row['cached_input_tokens'],
    outputTokens: row['output_tokens'],
    reasoningTokens: row['reasoning_tokens'],
    usageEstimated: row['usage_estimated'] === 1,
    success: row['success'] === 1,
    outcome: row['outcome'],
    ...present('fallbackModel', 'fallback_model'),
    ...(row['error_code'] !== null && { error: { name: row['error_name'], code: row['error_code'] } }),
    ...present('blockedBy', 'blocked_by'),
    cacheStatus: row['cache_status'],
    attempts: row['attempts'],
    costNanoUsd: row['cost_nano_usd'],
    savedNanoUsd: row['saved_nano_usd'],
    savedTokens: row['saved_tokens'],
    priceSource: row['price_source'],
    priceDate: row['price_date'],
    ...present('build', 'build'),
  } as LLMCallMetrics
}

function text(value: string | undefined): string | null {
  return value === undefined ? null : String(value)
}

/** An integer that SQLite's 64 bits hold, and JavaScript exactly. */
function whole(value: number): number {
  return Math.min(Math.round(amount(value)), Number.MAX_SAFE_INTEGER)
}
