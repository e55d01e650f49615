import type { ChatMessage, ChatRequest, ChatResponse } from '../contract/wire.ts'
import type { TokenUsage } from './record.ts'
import { estimateTokens } from './usage.ts'

/**
 * The usage of a call that the provider did not report: from the request's texts and what has arrived of the answer, by
 * `estimateTokens`. A record made from it is flagged `usageEstimated`.
 */
export function estimateUsage(request: ChatRequest, answer: ChatResponse): TokenUsage {
  return {
    inputTokens: estimateTokens(request.messages.map(textOf).join('\n')),
    cachedInputTokens: 0,
    outputTokens: estimateTokens(answer.choices.map(({ message }) => textOf(message)).join('\n')),
    reasoningTokens: 0,
  }
}

function textOf(message: ChatMessage): string {
  const { content, refusal, tool_calls } = message
  const contentText =
    typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n')
  const callText = (tool_calls ?? [])
    .map((call) => `${call.function?.name ?? ''}${call.function?.arguments ?? ''}`)
    .join('')
  return contentText + (refusal ?? '') + callText
}
