// Only here: what a record needs of LangChain's messages, metadata and errors.
import type { BaseMessage, UsageMetadata } from '@langchain/core/messages'
import {
  countTokens,
  failureOf,
  framedTokens,
  PlumblineError,
  toPlumblineError,
  usageFromWire,
  type CallFacts,
  type CallOutcome,
  type PricedUsage,
  type TokenUsage,
  type Usage,
} from '@plumbline/core'

/**
 * The provider's counts of an answer; undefined when it reported none. A cache hit has zeroed `usage_metadata`, while
 * `response_metadata.usage` keeps the wire's; other providers than OpenAI have the former only.
 */
export function usageFromMessage(message: BaseMessage): PricedUsage | undefined {
  const wire = usageFromWire(message.response_metadata['usage'] as Usage | undefined)
  if (wire) return wire
  // Only an AI message has it.
  const { usage_metadata: usage } = message as { usage_metadata?: Partial<UsageMetadata> }
  // A provider that reports nothing leaves an empty object.
  if (typeof usage?.input_tokens !== 'number' && typeof usage?.output_tokens !== 'number') return undefined
  const { input_token_details: input, output_token_details: output } = usage
  return {
    inputTokens: usage.input_tokens ?? 0,
    cachedInputTokens: input?.cache_read ?? 0,
    outputTokens: usage.output_tokens ?? 0,
    reasoningTokens: output?.reasoning ?? 0,
    ...(input?.audio && { audioInputTokens: input.audio }),
    ...(output?.audio && { audioOutputTokens: output.audio }),
  }
}

/** An estimate, where the provider is silent or a stream was left. */
export function estimateMessages(prompt: readonly BaseMessage[], answer: string, model: string): TokenUsage {
  const texts = prompt.map(({ text }) => text)
  return {
    inputTokens: countTokens(texts, model) + framedTokens(prompt.length),
    cachedInputTokens: 0,
    outputTokens: countTokens([answer], model),
    reasoningTokens: 0,
  }
}

/** Whether an answer is a success, by its finish reason. LangChain drops the text of a refusal, so it cannot be told here. */
export function finishOf(message: BaseMessage | undefined): CallOutcome {
  const reason: unknown = message?.response_metadata['finish_reason']
  return reason === 'content_filter' || reason === 'length' ? reason : 'success'
}

/** How a call that rejects with `error` ended. */
export function endingOf(error: PlumblineError): Pick<CallFacts, 'outcome' | 'error' | 'blockedBy'> {
  return { ...failureOf(error), error }
}

/** The typed error inside whatever LangChain made of it: `createAgent` wraps what its middleware throws. */
export function toTypedError(thrown: unknown, now: number): PlumblineError {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (PlumblineError.isInstance(error)) return error
  }
  return toPlumblineError(thrown, now)
}

/** The labels that a run's metadata carries, texts or numbers, or a tag such as `endpoint:faq`; anything else is not a label. */
export function labelsOf(
  metadata: Record<string, unknown>,
  tags: readonly string[] = [],
): Pick<CallFacts, 'tenant' | 'endpoint' | 'promptVersion'> {
  const label = (name: string): string | undefined => {
    const value = metadata[name]
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'bigint') return String(value)
    return tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1)
  }
  return { tenant: label('tenant'), endpoint: label('endpoint'), promptVersion: label('promptVersion') }
}

/** Content chunks per second between the first and the last; undefined for fewer than two, or no time between them. */
export function ratePerSecond(
  chunks: number,
  firstMs: number | undefined,
  lastMs: number | undefined,
): number | undefined {
  if (firstMs === undefined || lastMs === undefined || chunks < 2 || lastMs <= firstMs) return undefined
  return ((chunks - 1) * 1000) / (lastMs - firstMs)
}
