import type { ChatRequest } from '../contract/wire.ts'
import { estimateInput } from '../metrics/estimate-usage.ts'
import type { TokenUsage } from '../metrics/record.ts'
import { estimateTokens } from '../metrics/usage.ts'

/** Before the call the rule of thumb will do: a tokenizer would take milliseconds of every call. */
const roughly = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + estimateTokens(text), 0)

/**
 * What a chat call may come to at most: the estimate of its texts and of the tools and schemas it sends along, by
 * `estimateTokens`, and its output limit for each of its `n` answers. Images and sound are not estimated.
 */
export function reservedUsage(request: ChatRequest, maxOutputTokens = 1024): TokenUsage {
  const { max_completion_tokens, max_tokens, n } = request
  const perAnswer = [max_completion_tokens, max_tokens].find(isCount) ?? maxOutputTokens
  return {
    inputTokens: estimateInput(request, roughly),
    cachedInputTokens: 0,
    outputTokens: perAnswer * (isCount(n) && n > 0 ? n : 1),
    reasoningTokens: 0,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}
