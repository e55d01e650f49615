import type { ChatChunk, ChatResponse } from '../contract/wire.ts'

/**
 * The chunks that carry a whole answer to a caller who asked for a stream: per choice one with the text and the tool calls and
 * one with the finish reason, then the usage chunk where the answer has usage. Envelope fields are the answer's own.
 */
export function* replayAsChunks(response: ChatResponse): Generator<ChatChunk, void, undefined> {
  const { choices, usage, ...fields } = response
  const envelope = { ...fields, object: 'chat.completion.chunk' }
  for (const { index, message, finish_reason, ...rest } of choices) {
    const { tool_calls, content, ...delta } = message
    const calls = tool_calls?.map((call, position) => ({ index: position, ...call }))
    yield {
      ...envelope,
      choices: [
        {
          ...rest,
          index,
          delta: {
            ...delta,
            // A text; some servers answer in parts, which the types leave to requests.
            content: (content ?? null) as string | null,
            ...(calls && { tool_calls: calls }),
          },
          finish_reason: null,
        },
      ],
    }
    yield { ...envelope, choices: [{ index, delta: {}, finish_reason }] }
  }
  if (usage) yield { ...envelope, choices: [], usage }
}

/** Whether a chunk carries something to show: text, a refusal or a piece of a tool call. Time to first token counts from it. */
export function hasContent(chunk: ChatChunk): boolean {
  return (chunk.choices ?? []).some(({ delta }) =>
    Boolean(delta?.content || delta?.refusal || delta?.tool_calls?.length),
  )
}

/**
 * The chunk as a caller should see who did not ask for usage: undefined for the usage chunk that we asked for ourselves,
 * and no `usage: null` on the others.
 */
export function withoutUsage(chunk: ChatChunk): ChatChunk | undefined {
  if (!('usage' in chunk)) return chunk
  const { usage, ...rest } = chunk
  return usage && chunk.choices.length === 0 ? undefined : rest
}
