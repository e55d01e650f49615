import type { ModelPrice, PriceCalculation } from '@pydantic/genai-prices'
import { nanoUsdPerToken } from './money.ts'
import type { PriceCard, TokenPrices } from './price-card.ts'

/**
 * The published book, and the `date` of its cards. The package exports neither its version nor a date, so the version
 * stands here beside the pin in package.json; a test compares the two with what is installed.
 */
export const publishedBookDate = 'genai-prices 0.1.8'

type Calculate = typeof import('@pydantic/genai-prices').calcPrice

/** A published card, and whether it holds for the whole UTC day or changes within it (off-peak hours). */
export interface PublishedCard {
  card: PriceCard
  wholeDay: boolean
}

/**
 * Looks a model up in the published book, with the prices in force at `at`; undefined when no name leads to a price per
 * token. Tried in order: the model under the provider; the model under whichever provider's names match it; the same
 * without each leading `provider/`; the same without a trailing `-YYYY-MM-DD`, since a snapshot younger than the book
 * almost always costs what its alias does.
 */
export function findPublished(
  calculate: Calculate,
  query: { provider: string; model: string; at: number },
): PublishedCard | undefined {
  const timestamp = new Date(query.at)
  for (const { providerId, model } of lookups(query)) {
    const found = lookUp(
      calculate,
      model,
      providerId === undefined ? { timestamp } : { providerId, timestamp },
    )
    if (!found) continue
    const card = toCard(found)
    if (card) return { card, wholeDay: !changesWithinDay(found) }
  }
  return undefined
}

function* lookups(query: {
  provider: string
  model: string
}): Generator<{ providerId: string | undefined; model: string }> {
  const undated = query.model.replace(/-20\d\d-\d\d-\d\d$/, '')
  for (const name of new Set([query.model, undated])) {
    let provider: string = query.provider
    let model = name
    for (;;) {
      yield { providerId: provider, model }
      yield { providerId: undefined, model }
      const slash = model.indexOf('/')
      if (slash === -1) break
      provider = model.slice(0, slash)
      model = model.slice(slash + 1)
    }
  }
}

function lookUp(
  calculate: Calculate,
  model: string,
  options: { providerId?: string; timestamp: Date },
): PriceCalculation | null {
  try {
    return calculate({}, model, options)
  } catch {
    // The book throws on an entry that it finds inconsistent. That entry is then no price, and the card says `fallback`.
    return null
  }
}

function toCard(found: PriceCalculation): PriceCard | undefined {
  const prices = found.model_price
  const keys = Object.keys(prices)
  // No keys at all is how the book writes a free model; other keys alone mean a price per hour, page or request.
  if (keys.length > 0 && prices.input_mtok === undefined && prices.output_mtok === undefined) return undefined
  const starts = [...new Set(tokenKeys.flatMap((key) => tierStarts(prices[key])))].sort((a, b) => a - b)
  return {
    provider: found.provider.id,
    model: found.model.id,
    ...pricesAbove(prices, -1),
    ...(starts.length > 0 && {
      tiers: starts.map((start) => ({ aboveInputTokens: start, ...pricesAbove(prices, start) })),
    }),
    source: 'published',
    date: publishedBookDate,
  }
}

const tokenKeys = [
  'input_mtok',
  'cache_read_mtok',
  'output_mtok',
  'input_audio_mtok',
  'output_audio_mtok',
] as const

function tierStarts(price: ModelPrice[string]): number[] {
  return typeof price === 'object' ? price.tiers.map((tier) => tier.start) : []
}

/** The prices of a call whose input is just over `inputTokens`; a model without a cached price gives no discount. */
function pricesAbove(prices: ModelPrice, inputTokens: number): TokenPrices {
  const at = (price: ModelPrice[string]): number => {
    if (typeof price !== 'object') return price ?? 0
    const reached = price.tiers.filter((tier) => inputTokens >= tier.start).sort((a, b) => a.start - b.start)
    return reached.at(-1)?.price ?? price.base
  }
  const inputNanoUsdPerToken = nanoUsdPerToken(at(prices.input_mtok))
  return {
    inputNanoUsdPerToken,
    cachedInputNanoUsdPerToken:
      prices.cache_read_mtok === undefined
        ? inputNanoUsdPerToken
        : nanoUsdPerToken(at(prices.cache_read_mtok)),
    outputNanoUsdPerToken: nanoUsdPerToken(at(prices.output_mtok)),
    ...(prices.input_audio_mtok !== undefined && {
      audioInputNanoUsdPerToken: nanoUsdPerToken(at(prices.input_audio_mtok)),
    }),
    ...(prices.output_audio_mtok !== undefined && {
      audioOutputNanoUsdPerToken: nanoUsdPerToken(at(prices.output_audio_mtok)),
    }),
  }
}

function changesWithinDay(found: PriceCalculation): boolean {
  const { prices } = found.model
  return Array.isArray(prices) && prices.some((price) => price.constraint?.type === 'time_of_date')
}
