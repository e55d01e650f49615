import type { LLMCallMetrics } from '../metrics/record.ts'
import { formatDecimalUsd } from './decimal-usd.ts'

/** A spreadsheet takes a field that starts like this for a formula (https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-24). */
const formula = /^[=+\-@\t\r]/

/**
 * One line of CSV by RFC 4180, with its line break (CRLF). A text that a spreadsheet would run gets an apostrophe in front;
 * numbers stand as they are. What is undefined or null is an empty field.
 */
export function csvLine(fields: readonly (string | number | boolean | null | undefined)[]): string {
  return `${fields.map(toField).join(',')}\r\n`
}

function toField(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'string') return value === undefined || value === null ? '' : String(value)
  const text = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text
}

/** The columns of `toCsv`, in its order: the fields of a record, its time as ISO 8601, its money in dollars too. */
const csvColumns: readonly [
  name: string,
  value: (call: LLMCallMetrics) => string | number | boolean | undefined,
][] = [
  ['id', (call) => call.id],
  ['time', (call) => new Date(call.timestamp).toISOString()],
  ['operation', (call) => call.operation],
  ['stream', (call) => call.stream],
  ['provider', (call) => call.provider],
  ['model', (call) => call.model],
  ['fallback_model', (call) => call.fallbackModel],
  ['tenant', (call) => call.tenant],
  ['endpoint', (call) => call.endpoint],
  ['prompt_version', (call) => call.promptVersion],
  ['outcome', (call) => call.outcome],
  ['success', (call) => call.success],
  ['error_code', (call) => call.error?.code],
  ['blocked_by', (call) => call.blockedBy],
  ['cache_status', (call) => call.cacheStatus],
  ['attempts', (call) => call.attempts],
  ['latency_ms', (call) => call.latencyMs],
  ['time_to_first_chunk_ms', (call) => call.timeToFirstChunkMs],
  ['chunks_per_second', (call) => call.chunksPerSecond],
  ['input_tokens', (call) => call.inputTokens],
  ['cached_input_tokens', (call) => call.cachedInputTokens],
  ['output_tokens', (call) => call.outputTokens],
  ['reasoning_tokens', (call) => call.reasoningTokens],
  ['usage_estimated', (call) => call.usageEstimated],
  ['saved_tokens', (call) => call.savedTokens],
  ['cost_nano_usd', (call) => call.costNanoUsd],
  ['saved_nano_usd', (call) => call.savedNanoUsd],
  ['cost_usd', (call) => formatDecimalUsd(call.costNanoUsd)],
  ['saved_usd', (call) => formatDecimalUsd(call.savedNanoUsd)],
  ['price_source', (call) => call.priceSource],
  ['price_date', (call) => call.priceDate],
  ['build', (call) => call.build],
]

/** The first line of a CSV file of records. */
export const csvHeader = csvLine(csvColumns.map(([name]) => name))

/** One record as a line of CSV; see `csvLine`. */
export function toCsvLine(call: LLMCallMetrics): string {
  return csvLine(csvColumns.map(([, value]) => value(call)))
}
