import { createPriceBook, type PriceCard, type PriceTier, type TokenPrices } from '@plumbline/core'

import { textTable } from '../text-table.ts'
import { UsageError } from '../usage-error.ts'

export interface PricesFlags {
  at?: string
  json?: boolean
}

/**
 * Prints what a model costs at a moment, and where that is known from. Returns 1 for a model that the published book does
 * not know: its calls are priced by the fallback card. Throws `UsageError`.
 */
export async function pricesCommand(model: string, flags: PricesFlags, nowMs: number): Promise<number> {
  const atMs = flags.at === undefined ? nowMs : momentMs(flags.at)
  const card = await createPriceBook().cardFor({ provider: 'openai', model, at: atMs })
  const isKnown = card.source !== 'fallback'
  const at = new Date(atMs).toISOString()
  if (flags.json) {
    const { source, date } = card
    const found = {
      ...(isKnown && { provider: card.provider }),
      model: card.model,
      source,
      date,
      ...inUsd(card),
      tiers: (card.tiers ?? []).map((tier) => ({
        aboveInputTokens: tier.aboveInputTokens,
        ...inUsd(tier),
      })),
    }
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, model, at, isKnown, card: found }, null, 2)}\n`,
    )
  } else {
    process.stdout.write(`${isKnown ? knownText(card, at) : unknownText(model, card, at)}\n`)
  }
  return isKnown ? 0 : 1
}

/**
 * An ISO 8601 date, or date-time, in ms since the epoch; UTC where it has no zone. Throws `UsageError`, for a day that its
 * month does not have as well.
 */
function momentMs(text: string): number {
  const [, day = '', time = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  const dayMs = Date.parse(`${day}T00:00Z`)
  const ms = time === '' ? dayMs : Date.parse(`${day}T${time}${zone}`)
  // 30 February is read as 2 March.
  if (Number.isNaN(ms) || new Date(dayMs).toISOString().slice(0, 10) !== day) {
    throw new UsageError(
      `--at takes a date or a date-time, UTC unless it says otherwise, such as 2026-01-31 or 2026-01-31T16:30, not "${text}".`,
    )
  }
  return ms
}

function knownText(card: PriceCard, at: string): string {
  return [
    `model     ${card.model}`,
    `provider  ${card.provider}`,
    `at        ${at}`,
    `source    ${card.source}, ${card.date}`,
    '',
    priceTable(card),
  ].join('\n')
}

function unknownText(model: string, card: PriceCard, at: string): string {
  return [
    // Whatever was typed: line breaks and escape sequences stay out of the terminal.
    `No price is known for ${model.replace(/\p{C}/gu, '\uFFFD')} at ${at}.`,
    'Its calls are priced by the fallback card, and their records say so; an override in the price book sets the price.',
    '',
    priceTable(card),
  ].join('\n')
}

function priceTable(card: PriceCard): string {
  const named = Object.keys(inUsd(card).usdPerMillionTokens)
  const row = (from: string, prices: TokenPrices): string[] => {
    const usd = new Map(Object.entries(inUsd(prices).usdPerMillionTokens))
    return [from, ...named.map((name) => dollars(usd.get(name) ?? 0))]
  }
  const tiers = card.tiers ?? []
  const size = (tier: PriceTier): string => `${tier.aboveInputTokens.toLocaleString('en')} input tokens`
  const rows = tiers.map((tier) => row(`over ${size(tier)}`, tier))
  const base = row(tiers[0] ? `up to ${size(tiers[0])}` : 'any size', card)
  // Of sound only where it has a price of its own.
  const titles = named.map((name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
  const numbers = titles.map((_, index) => index + 1)
  return textTable([['USD per million tokens', ...titles], base, ...rows], numbers)
}

/** At least two decimals, and all that the price has. */
function dollars(usd: number): string {
  return usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 9 })
}

function inUsd(prices: TokenPrices): {
  usdPerMillionTokens: {
    input: number
    cachedInput: number
    output: number
    audioInput?: number
    audioOutput?: number
  }
} {
  const { audioInputNanoUsdPerToken: audioInput, audioOutputNanoUsdPerToken: audioOutput } = prices
  return {
    usdPerMillionTokens: {
      input: prices.inputNanoUsdPerToken / 1000,
      cachedInput: prices.cachedInputNanoUsdPerToken / 1000,
      output: prices.outputNanoUsdPerToken / 1000,
      ...(audioInput !== undefined && { audioInput: audioInput / 1000 }),
      ...(audioOutput !== undefined && { audioOutput: audioOutput / 1000 }),
    },
  }
}
