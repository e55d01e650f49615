import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fallbackCard, priceUsage, type PriceCard } from './price-card.ts'

const card: PriceCard = {
  provider: 'openai',
  model: 'gpt-4o',
  inputNanoUsdPerToken: 2500,
  cachedInputNanoUsdPerToken: 1250,
  outputNanoUsdPerToken: 10_000,
  source: 'published',
  date: 'test',
}
const usage = { inputTokens: 1000, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 0 }

describe('priceUsage', () => {
  test('input and output tokens are billed at their own prices', () => {
    expect(priceUsage(card, usage)).toBe(2_500_000 + 1_000_000)
  })

  test('cached input tokens are billed at the cached price and never twice', () => {
    expect(priceUsage(card, { ...usage, cachedInputTokens: 400 })).toBe(600 * 2500 + 400 * 1250 + 1_000_000)
    expect(priceUsage(card, { ...usage, cachedInputTokens: 1000 })).toBe(1000 * 1250 + 1_000_000)
  })

  test('more cached tokens than input tokens never make a negative part', () => {
    expect(priceUsage(card, { ...usage, cachedInputTokens: 5000 })).toBe(1000 * 1250 + 1_000_000)
  })

  test('reasoning tokens are part of the output and add nothing to it', () => {
    expect(priceUsage(card, { ...usage, reasoningTokens: 80 })).toBe(priceUsage(card, usage))
  })

  test('sound is billed at its own price, and as text where the card has none', () => {
    const spoken = { ...usage, audioInputTokens: 600, audioOutputTokens: 80 }
    const audioCard = { ...card, audioInputNanoUsdPerToken: 32_000, audioOutputNanoUsdPerToken: 64_000 }
    const sound = 600 * 32_000 + 80 * 64_000
    expect(priceUsage(audioCard, spoken)).toBe(400 * 2500 + 20 * 10_000 + sound)
    expect(priceUsage(card, spoken)).toBe(priceUsage(card, usage))
    // Of the text, as far as it goes: no provider says which of it was cached.
    expect(priceUsage(audioCard, { ...spoken, cachedInputTokens: 300 })).toBe(
      100 * 2500 + 300 * 1250 + 20 * 10_000 + sound,
    )
    expect(priceUsage(audioCard, { ...spoken, cachedInputTokens: 1000 })).toBe(
      400 * 1250 + 20 * 10_000 + sound,
    )
    expect(priceUsage(audioCard, { ...usage, audioInputTokens: 5000, audioOutputTokens: 500 })).toBe(
      1000 * 32_000 + 100 * 64_000,
    )
  })

  test('the sum is rounded once, not part by part', () => {
    const fractional = {
      ...card,
      inputNanoUsdPerToken: 0.4,
      cachedInputNanoUsdPerToken: 0.4,
      outputNanoUsdPerToken: 0.4,
    }
    expect(
      priceUsage(fractional, { inputTokens: 2, cachedInputTokens: 1, outputTokens: 1, reasoningTokens: 0 }),
    ).toBe(1)
  })

  test('an input over a tier is billed at that tier from its first token', () => {
    const tiered: PriceCard = {
      ...card,
      tiers: [
        {
          aboveInputTokens: 200_000,
          inputNanoUsdPerToken: 5000,
          cachedInputNanoUsdPerToken: 500,
          outputNanoUsdPerToken: 20_000,
        },
      ],
    }
    expect(priceUsage(tiered, { ...usage, inputTokens: 200_000 })).toBe(200_000 * 2500 + 1_000_000)
    expect(priceUsage(tiered, { ...usage, inputTokens: 200_001 })).toBe(200_001 * 5000 + 2_000_000)
  })

  test('any usage costs a whole number of nano-dollars, and more tokens never cost less', () => {
    const tokens = fc.integer({ min: 0, max: 1e6 })
    const price = fc.double({ min: 0, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(tokens, tokens, tokens, price, price, (input, cached, output, inputPrice, outputPrice) => {
        const any = {
          ...card,
          inputNanoUsdPerToken: inputPrice,
          cachedInputNanoUsdPerToken: inputPrice / 2,
          outputNanoUsdPerToken: outputPrice,
        }
        const cost = priceUsage(any, {
          inputTokens: input,
          cachedInputTokens: cached,
          outputTokens: output,
          reasoningTokens: 0,
        })
        const more = priceUsage(any, {
          inputTokens: input + 1,
          cachedInputTokens: cached,
          outputTokens: output + 1,
          reasoningTokens: 0,
        })
        expect(Number.isSafeInteger(cost)).toBe(true)
        expect(more).toBeGreaterThanOrEqual(cost)
      }),
    )
  })
})

test('the fallback card costs 5.00 and 15.00 USD per million and says that it is one', () => {
  const fallback = fallbackCard({ provider: 'openai', model: 'mystery' })
  expect(
    priceUsage(fallback, { inputTokens: 1e6, cachedInputTokens: 0, outputTokens: 1e6, reasoningTokens: 0 }),
  ).toBe(20e9)
  expect(fallback.source).toBe('fallback')
})
