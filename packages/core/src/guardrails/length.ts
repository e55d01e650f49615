import type { Direction, GuardrailRule } from './rule.ts'

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
