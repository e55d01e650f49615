import type { PriceCard } from './price-card.ts'

/** A price that the caller knows better than the published book. Units as in `PriceCard`; see `nanoUsdPerToken`. */
export interface PriceOverride {
  /** The model id exactly as it is called; `openai/gpt-4o` is tried as `gpt-4o` too. */
  model: string
  /** Default: whatever the provider. */
  provider?: string
  inputNanoUsdPerToken: number
  /** Default: the input price. */
  cachedInputNanoUsdPerToken?: number
  /** Default 0, for models without output (embeddings). */
  outputNanoUsdPerToken?: number
  /** Default: as text. */
  audioInputNanoUsdPerToken?: number
  /** Default: as text. */
  audioOutputNanoUsdPerToken?: number
  /** From when it holds, as an ISO 8601 date or date-time, UTC where it has no zone. Default: always. The latest that has begun wins. */
  from?: string
  /** What the records say the price is from. Default: `from`, or `caller`. */
  date?: string
}

interface ValidOverride {
  provider: string | undefined
  fromMs: number
  card: PriceCard
}

/** Finds the override in force, or undefined. */
export type FindOverride = (query: { provider: string; model: string; at: number }) => PriceCard | undefined

/**
 * Checks every override and returns the look-up over them.
 * Throws `TypeError` for a field of the wrong type and `RangeError` for a value out of range, naming field and value.
 */
export function indexOverrides(overrides: readonly PriceOverride[]): FindOverride {
  const byModel = new Map<string, ValidOverride[]>()
  for (const [index, override] of overrides.entries()) {
    const valid = checkOverride(override, `overrides[${index}]`)
    const list = byModel.get(valid.card.model) ?? []
    byModel.set(
      valid.card.model,
      [...list, valid].sort((a, b) => b.fromMs - a.fromMs),
    )
  }
  return ({ provider, model, at }) => {
    for (let name = model; ; name = name.slice(name.indexOf('/') + 1)) {
      const found = byModel
        .get(name)
        ?.find((one) => one.fromMs <= at && (one.provider === undefined || one.provider === provider))
      if (found) return { ...found.card, provider }
      if (!name.includes('/')) return undefined
    }
  }
}

function checkOverride(override: PriceOverride, path: string): ValidOverride {
  if (typeof override !== 'object' || override === null) {
    throw new TypeError(`${path} must be an object, got ${describe(override)}`)
  }
  const { model, provider, from, date } = override
  checkText(model, `${path}.model`)
  if (provider !== undefined) checkText(provider, `${path}.provider`)
  if (date !== undefined) checkText(date, `${path}.date`)
  if (from !== undefined) checkText(from, `${path}.from`)
  const fromMs = from === undefined ? -Infinity : Date.parse(withZone(from))
  if (Number.isNaN(fromMs)) {
    throw new RangeError(`${path}.from must be an ISO 8601 date, got ${describe(from)}`)
  }
  checkPrice(override.inputNanoUsdPerToken, `${path}.inputNanoUsdPerToken`)
  // Defaults for what is left out alone: a null is a mistake, and would make a model free.
  const { cachedInputNanoUsdPerToken = override.inputNanoUsdPerToken, outputNanoUsdPerToken = 0 } = override
  checkPrice(cachedInputNanoUsdPerToken, `${path}.cachedInputNanoUsdPerToken`)
  checkPrice(outputNanoUsdPerToken, `${path}.outputNanoUsdPerToken`)
  const { audioInputNanoUsdPerToken, audioOutputNanoUsdPerToken } = override
  const audioPrices = {
    ...(audioInputNanoUsdPerToken !== undefined && { audioInputNanoUsdPerToken }),
    ...(audioOutputNanoUsdPerToken !== undefined && { audioOutputNanoUsdPerToken }),
  }
  for (const [name, price] of Object.entries(audioPrices)) checkPrice(price, `${path}.${name}`)
  return {
    provider,
    fromMs,
    card: {
      provider: provider ?? '',
      model,
      inputNanoUsdPerToken: override.inputNanoUsdPerToken,
      cachedInputNanoUsdPerToken,
      outputNanoUsdPerToken,
      ...audioPrices,
      source: 'override',
      date: date ?? from ?? 'caller',
    },
  }
}

/** A date-time without a zone would be read in the machine's own, and a price would begin at another time on each. */
function withZone(isoDate: string): string {
  return /T[\d:.]+$/.test(isoDate) ? `${isoDate}Z` : isoDate
}

function checkText(value: unknown, path: string): void {
  if (typeof value !== 'string') throw new TypeError(`${path} must be a string, got ${describe(value)}`)
  if (value === '') throw new RangeError(`${path} must not be empty, got ${describe(value)}`)
}

function checkPrice(value: unknown, path: string): void {
  if (typeof value !== 'number') throw new TypeError(`${path} must be a number, got ${describe(value)}`)
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`${path} must be finite and at least 0, got ${describe(value)}`)
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
