import { TruncatedError, UpstreamError, type ChatResponse, type Usage } from '@plumbline/core'
import type { FinishReason, LanguageModelUsage, StepResult, ToolSet } from 'ai'

/** The result of a call as the wire has it. Throws for an answer that the AI SDK calls interrupted or an error. */
export function toChatResponse(step: StepResult<ToolSet>): ChatResponse {
  assertWhole(step.finishReason)
  const { text, toolCalls, response } = step
  const usage = toUsage(step.usage)
  return {
    id: response.id,
    object: 'chat.completion',
    created: Math.floor(response.timestamp.getTime() / 1000),
    model: response.modelId,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          ...(toolCalls.length > 0 && {
            // What was not JSON has stayed text.
            tool_calls: toolCalls.map(({ toolCallId, toolName, input }) => ({
              id: toolCallId,
              type: 'function',
              function: {
                name: toolName,
                arguments: typeof input === 'string' ? input : JSON.stringify(input),
              },
            })),
          }),
        },
        finish_reason: toFinishReason(step.finishReason, step.rawFinishReason),
      },
    ],
    ...(usage && { usage }),
  }
}

/** `interrupted` is the AI SDK's word for a stream without completion signal, `error` for one that carried an error. */
export function assertWhole(reason: FinishReason): void {
  if (reason === 'interrupted') throw new TruncatedError('The stream ended without a finish reason.')
  if (reason === 'error') throw new UpstreamError('The stream carried an error.')
}

const wireReasons: Partial<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
}

export function toFinishReason(reason: FinishReason, raw: string | undefined): string {
  return wireReasons[reason] ?? raw ?? reason
}

/** Undefined when the provider reported none. */
export function toUsage(usage: LanguageModelUsage): Usage | undefined {
  const { inputTokens, outputTokens, totalTokens, inputTokenDetails, outputTokenDetails } = usage
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: totalTokens ?? inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: inputTokenDetails.cacheReadTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: outputTokenDetails.reasoningTokens ?? 0 },
  }
}
