import type { LLMCallMetrics } from '../metrics/record.ts'

/** One record as a line of JSON, with its line break: the record's own fields, and its time as ISO 8601. */
export function toJsonLine(call: LLMCallMetrics): string {
  return `${JSON.stringify({ time: new Date(call.timestamp).toISOString(), ...call })}\n`
}
