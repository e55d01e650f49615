/**
 * Money is counted in whole nano-dollars (1 USD = 1e9), so that sums are exact: a number holds integers exactly up to
 * 2^53, which is nine million dollars.
 */
const nanoUsdPerUsd = 1e9

/** Converts nano-dollars to dollars; for showing and logging, never for adding up. */
export function nanoUsdToUsd(nanoUsd: number): number {
  return nanoUsd / nanoUsdPerUsd
}

/** Formats nano-dollars as dollars with two decimals from one dollar on and six below: `$1.25`, `$0.000150`, `-$2.00`. */
export function formatUsd(nanoUsd: number): string {
  const usd = Math.abs(nanoUsdToUsd(nanoUsd))
  const sign = nanoUsd < 0 ? '-' : ''
  return `${sign}$${usd.toFixed(usd >= 1 || usd === 0 ? 2 : 6)}`
}

/**
 * Converts a price as providers publish it, in USD per million tokens, to nano-dollars per token: 2.50 becomes 2,500.
 * May be fractional; rounded at six decimals, so that 0.069 becomes 69 and not 69.00000000000001.
 */
export function nanoUsdPerToken(usdPerMillionTokens: number): number {
  return Math.round(usdPerMillionTokens * nanoUsdPerUsd) / 1e6
}
