import { LRUCache } from 'lru-cache'
import { fallbackCard, type PriceCard } from './price-card.ts'
import { indexOverrides, type PriceOverride } from './price-override.ts'
import { findPublished } from './published-prices.ts'

/** Which card is wanted: `at` is the call's timestamp, in ms since the epoch. */
export interface PriceQuery {
  provider: string
  model: string
  at: number
}

/**
 * Answers what a model costs. Never throws for a model that it does not know: that card has source `fallback`. One that fails all the
 * same costs its calls their price: they are priced by the fallback card, and counted as a loss `prices`.
 */
export interface PriceBook {
  /** A promise only while the published prices are being loaded, on the first call; a card afterwards. */
  cardFor(query: PriceQuery): PriceCard | Promise<PriceCard>
}

export interface PriceBookOptions {
  /** Prices that come before the published ones. Default none. */
  overrides?: readonly PriceOverride[]
}

const millisecondsPerDay = 86_400_000

// A look-up costs 80 us, so the answer is kept; the bound is far over the models that one process calls in a day.
const maxRememberedCards = 1000

/**
 * Creates a book of the caller's overrides, then the published prices of `@pydantic/genai-prices` in force at the time
 * of the call, then the fallback card. The published prices are imported on first use (45 ms); what they answer is kept
 * per provider, model and UTC day.
 * Throws `TypeError` or `RangeError` for an override that makes no sense, naming field and value.
 */
export function createPriceBook(options: PriceBookOptions = {}): PriceBook {
  const findOverride = indexOverrides(options.overrides ?? [])
  const remembered = new LRUCache<string, PriceCard>({ max: maxRememberedCards })
  let published: typeof import('@pydantic/genai-prices') | undefined

  const lookUp = (book: typeof import('@pydantic/genai-prices'), query: PriceQuery): PriceCard => {
    const day = Math.floor(query.at / millisecondsPerDay)
    const key = JSON.stringify([query.provider, query.model, day])
    const known = remembered.get(key)
    if (known) return known
    const found = findPublished(book.calcPrice, query)
    const card = found?.card ?? fallbackCard(query)
    // A price with off-peak hours is looked up at each call: the day's first answer would be wrong later in the day.
    if (found?.wholeDay !== false) remembered.set(key, card)
    return card
  }

  return {
    cardFor(query) {
      const override = findOverride(query)
      if (override) return override
      if (published) return lookUp(published, query)
      return import('@pydantic/genai-prices').then((book) => {
        published = book
        return lookUp(book, query)
      })
    },
  }
}
