import { estimateTokens } from '../metrics/usage.ts'
import type { Direction, GuardrailRule } from './rule.ts'

export interface TokenLimitOptions {
  /** The most tokens that all texts of a request may have together. */
  maxTokens: number
  /** Default `estimateTokens`, a quarter of the UTF-8 bytes; pass a tokenizer's own count for an exact limit. */
  countTokens?: (text: string) => number
  /** Names the tokenizer: part of the policy's fingerprint. Default `estimate`. */
  tokenizer?: string
}

/**
 * Rule `length.tokens`: as `lengthRule`, in tokens, of requests. Message framing and tools are not counted. Throws a `RangeError`
 * when `maxTokens` is not a positive integer.
 */
export function tokenLimitRule(options: TokenLimitOptions): GuardrailRule {
  const { maxTokens, countTokens = estimateTokens, tokenizer = 'estimate' } = options
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw new RangeError(`tokenLimitRule: maxTokens must be a positive integer, got ${maxTokens}`)
  }
  return {
    id: 'length.tokens',
    family: 'length',
    directions: ['input'],
    reach: 0,
    context: 0,
    version: `1:${maxTokens}:${tokenizer}`,
    maxTokens,
    countTokens,
    find: () => [],
    holdFrom: (text) => text.length,
  }
}

export interface LengthOptions {
  /** The most UTF-16 code units that all texts may have together. Default 100,000. */
  maxChars?: number
  /** Default `input`. */
  direction?: Direction
}

/**
 * Rule `length.input` (or `length.output`): the texts of one request, taken together, are no longer than `maxChars`
 * UTF-16 code units. Together, since a limit per message is passed by sending more messages.
 * Throws a `RangeError` when `maxChars` is not a positive integer.
 */
export function lengthRule(options: LengthOptions = {}): GuardrailRule {
  const { maxChars = 100_000, direction = 'input' } = options
  if (!Number.isSafeInteger(maxChars) || maxChars < 1) {
    throw new RangeError(`lengthRule: maxChars must be a positive integer, got ${maxChars}`)
  }
  return {
    id: `length.${direction}`,
    family: 'length',
    directions: [direction],
    reach: 0,
    context: 0,
    version: `1:${maxChars}`,
    maxChars,
    find: () => [],
    holdFrom: (text) => text.length,
  }
}
