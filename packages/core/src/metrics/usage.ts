import type { EmbedResponse, Usage } from '../contract/wire.ts'
import type { PricedUsage } from './price-card.ts'

/**
 * Reads the provider's token counts, of a chat or an embeddings answer; undefined when it reported none. A reported zero
 * is a count. Fields that are missing or are no counts (negative, not a number) are 0, but without `prompt_tokens` and
 * `completion_tokens` there is no usage at all.
 */
export function usageFromWire(
  usage: Usage | EmbedResponse['usage'] | null | undefined,
): PricedUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const inputTokens = toCount(usage.prompt_tokens)
  const outputTokens = toCount(usage['completion_tokens'])
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  const audioInputTokens = detail(usage['prompt_tokens_details'], 'audio_tokens')
  const audioOutputTokens = detail(usage['completion_tokens_details'], 'audio_tokens')
  return {
    inputTokens: inputTokens ?? 0,
    cachedInputTokens: detail(usage['prompt_tokens_details'], 'cached_tokens'),
    outputTokens: outputTokens ?? 0,
    reasoningTokens: detail(usage['completion_tokens_details'], 'reasoning_tokens'),
    ...(audioInputTokens > 0 && { audioInputTokens }),
    ...(audioOutputTokens > 0 && { audioOutputTokens }),
  }
}

/**
 * Estimates the tokens of a text where the provider is silent: UTF-8 bytes / 4, rounded up. OpenAI's rule of thumb is
 * four characters of English per token (help.openai.com, "What are tokens and how to count them?"); counting bytes also
 * gives other scripts, which take more tokens per character, a higher figure. A record made from it is flagged
 * `usageEstimated`.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 4)
}

function detail(details: unknown, field: string): number {
  if (typeof details !== 'object' || details === null) return 0
  return toCount(Reflect.get(details, field)) ?? 0
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
