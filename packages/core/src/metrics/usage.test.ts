import { describe, expect, test } from 'vitest'
import { estimateTokens, usageFromWire } from './usage.ts'

describe('usageFromWire', () => {
  test('cached-input and reasoning tokens are kept apart', () => {
    const usage = usageFromWire({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 30 },
    })
    expect(usage).toEqual({ inputTokens: 100, cachedInputTokens: 64, outputTokens: 50, reasoningTokens: 30 })
  })

  test('an embeddings answer has input tokens only', () => {
    expect(usageFromWire({ prompt_tokens: 8, total_tokens: 8 })).toEqual({
      inputTokens: 8,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    })
  })

  test('a reported zero is believed, and silence is undefined', () => {
    expect(usageFromWire({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })?.inputTokens).toBe(0)
    expect(usageFromWire(null)).toBeUndefined()
    expect(usageFromWire(undefined)).toBeUndefined()
    expect(usageFromWire({} as never)).toBeUndefined()
  })

  test('what is no count is not taken for one', () => {
    expect(
      usageFromWire({ prompt_tokens: 'many', completion_tokens: NaN, total_tokens: 1 } as never),
    ).toBeUndefined()
    expect(
      usageFromWire({
        prompt_tokens: 10,
        completion_tokens: -5,
        total_tokens: 5,
        prompt_tokens_details: null,
        completion_tokens_details: { reasoning_tokens: '3' },
      } as never),
    ).toEqual({ inputTokens: 10, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 })
  })
})

test('an estimate is a quarter of the UTF-8 bytes, rounded up', () => {
  expect(estimateTokens('')).toBe(0)
  expect(estimateTokens('hello')).toBe(2)
  expect(estimateTokens('日本語')).toBe(3)
})
