import type { ChatChunk } from '../contract/wire.ts'

/**
 * Whether a chunk shows that the model goes on: anything in a delta beside its role (text, reasoning, a piece of a tool call), a
 * finish reason, or usage. A chunk without says no more than a keep-alive comment. True for what is no chunk: that is for others
 * to refuse.
 */
export function carriesProgress(chunk: ChatChunk): boolean {
  if (!Array.isArray(chunk?.choices) || chunk.usage) return true
  return chunk.choices.some(
    ({ delta, finish_reason }) =>
      Boolean(finish_reason) ||
      Object.entries(delta ?? {}).some(([field, value]) => field !== 'role' && saysSomething(value)),
  )
}

function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== null && value !== undefined && value !== ''
}
