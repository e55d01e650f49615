import type { ChatMessage, ChatRequest, ChatResponse } from '../contract/wire.ts'
import type { PricedUsage } from './price-card.ts'
import type { TokenUsage } from './record.ts'
import { countTokens } from './tokenizer.ts'

/** The usage of a call, or how to estimate it: asked for when the record is made, once a tokenizer is there. */
export type UsageCount = PricedUsage | (() => PricedUsage)

/** The usage itself, estimated now where it has to be. */
export function resolveUsage(usage: UsageCount | undefined): PricedUsage | undefined {
  return typeof usage === 'function' ? usage() : usage
}

/**
 * What a chat format puts around each message, its role included, and once around the answer to come (OpenAI's cookbook, "How to
 * count tokens with tiktoken", read 2026-11-24: 3 and the role, which is one; then 3).
 */
const framing = { perMessage: 4, perAnswer: 3 }

/** Counts the tokens of texts for a model. */
type CountTexts = (texts: readonly string[], model: string) => number

/**
 * The usage of a call that the provider did not report: from the request's texts with the chat format's framing, the tools and
 * schemas it sends along, and what has arrived of the answer, by `countTokens`. Images and sound are not estimated. A record made
 * from it is flagged `usageEstimated`.
 */
export function estimateUsage(request: ChatRequest, answer: ChatResponse): TokenUsage {
  const answers = answer.choices.map(({ message }) => textOf(message))
  return {
    inputTokens: estimateInput(request),
    cachedInputTokens: 0,
    outputTokens: countTokens(answers, request.model),
    reasoningTokens: 0,
  }
}

/** The input tokens of a chat request, estimated; see `estimateUsage`. */
export function estimateInput(request: ChatRequest, count: CountTexts = countTokens): number {
  const { messages, model, tools, functions, response_format } = request
  const attached = [tools, functions, response_format].filter((part) => part !== undefined && part !== null)
  const texts = [...messages.map(textOf), ...attached.map((part) => JSON.stringify(part))]
  return count(texts, model) + framedTokens(messages.length)
}

/** The tokens that the chat format adds to this many messages. */
export function framedTokens(messages: number): number {
  return messages * framing.perMessage + framing.perAnswer
}

function textOf(message: ChatMessage): string {
  const { content, refusal, tool_calls } = message
  // What a request holds is its provider's to judge: what is no list has no texts that could be counted here.
  const contentText =
    typeof content === 'string'
      ? content
      : listOf(content)
          .map((part) => part?.text ?? '')
          .join('\n')
  const callText = listOf(tool_calls)
    .map((call) => `${call?.function?.name ?? ''}${call?.function?.arguments ?? ''}`)
    .join('')
  return contentText + (refusal ?? '') + callText
}

function listOf<T>(list: readonly T[] | null | undefined): readonly (T | null | undefined)[] {
  return Array.isArray(list) ? list : []
}
