import type { ToolCallDelta } from '../contract/wire.ts'

/** The tool calls of one choice that have begun: how many, and the id of the last one. */
export interface BegunCalls {
  count: number
  lastId: string | undefined
}

/** Which call a streamed piece belongs to. Some servers leave the index out: a new id begins the next call, anything else goes on with the last. */
export function placeToolCall({ index, id }: ToolCallDelta, { count, lastId }: BegunCalls): number {
  const named: number | undefined = index // The types say that there is one, the provider may not.
  return named ?? (id && id !== lastId ? count : Math.max(0, count - 1))
}
