import type { ChatRequest } from '../contract/wire.ts'
import { estimateUsage } from '../metrics/estimate-usage.ts'
import type { TokenUsage } from '../metrics/record.ts'
import { estimateTokens } from '../metrics/usage.ts'

const nothingYet = { id: '', object: 'chat.completion', created: 0, model: '', choices: [] }

/**
 * What a chat call may come to at most: the estimate of its texts and of the tools and schemas it sends along, and its output
 * limit for each of its `n` answers. Images and sound are not estimated.
 */
export function reservedUsage(request: ChatRequest, maxOutputTokens = 1024): TokenUsage {
  const { max_completion_tokens, max_tokens, n, tools, functions, response_format } = request
  const attached = [tools, functions, response_format].filter((part) => part !== undefined && part !== null)
  const attachedTokens = attached.reduce<number>((sum, part) => sum + estimateTokens(JSON.stringify(part)), 0)
  const perAnswer = [max_completion_tokens, max_tokens].find(isCount) ?? maxOutputTokens
  return {
    inputTokens: estimateUsage(request, nothingYet).inputTokens + attachedTokens,
    cachedInputTokens: 0,
    outputTokens: perAnswer * (isCount(n) && n > 0 ? n : 1),
    reasoningTokens: 0,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}
