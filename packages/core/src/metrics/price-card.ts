import { nanoUsdPerToken } from './money.ts'
import type { PriceSource, TokenUsage } from './record.ts'

/** Prices in nano-dollars per token (USD per million tokens times 1,000); may be fractional. */
export interface TokenPrices {
  inputNanoUsdPerToken: number
  /** For input tokens that the provider read from its own prompt cache. */
  cachedInputNanoUsdPerToken: number
  /** For output tokens, reasoning tokens included. */
  outputNanoUsdPerToken: number
  /** For input tokens that are sound. Default: as text. */
  audioInputNanoUsdPerToken?: number
  /** For output tokens that are sound. Default: as text. */
  audioOutputNanoUsdPerToken?: number
}

/** The tokens of a call, and how many of them are sound, which costs many times what text does. Records keep the sums alone. */
export interface PricedUsage extends TokenUsage {
  /** A part of `inputTokens`. */
  audioInputTokens?: number
  /** A part of `outputTokens`. */
  audioOutputTokens?: number
}

/** Prices that hold for the whole call once its input passes a size. */
export interface PriceTier extends TokenPrices {
  /** The tier applies to calls with more input tokens than this. */
  aboveInputTokens: number
}

/** What one model costs at one moment, and where that is known from. */
export interface PriceCard extends TokenPrices {
  /** The provider of the card; the one that was asked for when the card is the fallback. */
  provider: string
  /** The model of the card, which may be an alias's target: `gpt-4o` for `gpt-4o-2024-08-06`. */
  model: string
  /** Dearer prices for long inputs, shortest first; absent when one price holds for all. */
  tiers?: readonly PriceTier[]
  source: PriceSource
  /** Version or date of the source. */
  date: string
}

/**
 * Prices a call in integer nano-dollars, rounded once. Cached input tokens are part of the input and are billed at the
 * cached price only, text before sound, since providers do not say which; reasoning tokens are part of the output and are billed as
 * output.
 */
export function priceUsage(card: PriceCard, usage: PricedUsage): number {
  const prices = card.tiers?.findLast((tier) => usage.inputTokens > tier.aboveInputTokens) ?? card
  const { audioInputNanoUsdPerToken: audioInputPrice, audioOutputNanoUsdPerToken: audioOutputPrice } = prices
  const audioInputTokens =
    audioInputPrice === undefined ? 0 : partOf(usage.inputTokens, usage.audioInputTokens)
  const audioOutputTokens =
    audioOutputPrice === undefined ? 0 : partOf(usage.outputTokens, usage.audioOutputTokens)
  const cachedTokens = partOf(usage.inputTokens - audioInputTokens, usage.cachedInputTokens)
  return Math.round(
    (usage.inputTokens - audioInputTokens - cachedTokens) * prices.inputNanoUsdPerToken +
      cachedTokens * prices.cachedInputNanoUsdPerToken +
      audioInputTokens * (audioInputPrice ?? 0) +
      (usage.outputTokens - audioOutputTokens) * prices.outputNanoUsdPerToken +
      audioOutputTokens * (audioOutputPrice ?? 0),
  )
}

/** A part is never more than the whole, whatever the provider says. */
function partOf(wholeTokens: number, partTokens = 0): number {
  return Math.min(partTokens, wholeTokens)
}

/** Makes the card of a model that nobody knows a price for: 5.00 / 15.00 USD per million, so that it is not taken for free. */
export function fallbackCard(query: { provider: string; model: string }): PriceCard {
  return {
    provider: query.provider,
    model: query.model,
    inputNanoUsdPerToken: nanoUsdPerToken(5),
    cachedInputNanoUsdPerToken: nanoUsdPerToken(5),
    outputNanoUsdPerToken: nanoUsdPerToken(15),
    source: 'fallback',
    date: 'none',
  }
}
