import type { ChatRequest } from '@plumbline/core'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

// Texts repeat: that is what the benchmark is about.
const remembered = new Map<string, number>()

/** Tokens of a text in `o200k_base`, the encoding of the gpt-4o models. */
export function textTokens(text: string): number {
  let tokens = remembered.get(text)
  if (tokens === undefined) remembered.set(text, (tokens = countTokens(text)))
  return tokens
}

/**
 * Tokens of a prompt of text messages: the texts, and 3 for each message and the start of the answer.
 * Source: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken, read 2026-11-24.
 */
export function promptTokens({ messages }: ChatRequest): number {
  return messages.reduce((sum, { role, content }) => {
    return sum + 3 + textTokens(role) + textTokens(typeof content === 'string' ? content : '')
  }, 3)
}
