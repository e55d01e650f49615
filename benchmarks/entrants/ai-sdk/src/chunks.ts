import { type ChatChunk, type ChatDelta, type ChatRequest } from '@plumbline/core'
import { generateId, type TextStreamPart, type ToolSet } from 'ai'

import { assertWhole, toFinishReason, toUsage } from './response.ts'

/**
 * The parts of a stream (https://ai-sdk.dev/docs/ai-sdk-core/generating-text#stream-property, read 2026-11-24) as chunks.
 * Throws what an `error` part carries; an `abort` part is an `AbortError`.
 */
export async function* toChunks(
  parts: AsyncIterable<TextStreamPart<ToolSet>>,
  request: ChatRequest,
): AsyncGenerator<ChatChunk> {
  const head = {
    id: generateId(),
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  }
  const toolCalls: string[] = []
  let role: ChatDelta = { role: 'assistant' }
  const chunk = (delta: ChatDelta, finish_reason: string | null = null): ChatChunk => {
    const choice = { index: 0, delta: { ...role, ...delta }, finish_reason }
    role = {}
    return { ...head, choices: [choice] }
  }
  for await (const part of parts) {
    switch (part.type) {
      case 'text-delta':
        yield chunk({ content: part.text })
        break
      case 'tool-input-start': {
        const index = toolCalls.push(part.id) - 1
        const called = { name: part.toolName, arguments: '' }
        yield chunk({ tool_calls: [{ index, id: part.id, type: 'function', function: called }] })
        break
      }
      case 'tool-input-delta': {
        const index = toolCalls.indexOf(part.id)
        yield chunk({ tool_calls: [{ index, function: { arguments: part.delta } }] })
        break
      }
      case 'error':
        throw part.error
      case 'abort':
        throw new DOMException(part.reason ?? 'aborted', 'AbortError')
      case 'finish': {
        assertWhole(part.finishReason)
        yield chunk({}, toFinishReason(part.finishReason, part.rawFinishReason))
        const usage = toUsage(part.totalUsage)
        if (usage && request.stream_options?.include_usage) yield { ...head, choices: [], usage }
      }
    }
  }
}
