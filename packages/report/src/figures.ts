/** Where a figure comes from: every table says it of every row. */
export type Provenance = 'counted' | 'priced' | 'modelled' | 'measured'

/** What a table shows where there is nothing to show: never a zero. */
export const nothing = '-'

/** A share as a percentage with one decimal: 0.4125 is `41.3 %`. */
export function formatShare(share: number): string {
  const percent = (share * 100).toFixed(1)
  return `${percent === '-0.0' ? '0.0' : percent} %`
}

/** A lowest and a highest share as one text; `41.3 %` alone when both read the same. */
export function formatShareRange(range: { low: number; high: number }): string {
  const [low, high] = [formatShare(range.low), formatShare(range.high)]
  return low === high ? low : `${low} to ${high}`
}

/** A count with its thousands set off: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** Nano-dollars as dollars, with as many decimals as a small amount needs: `$1,250.00`, `$0.0125`, `$0.000150`. */
export function formatDollars(nanoUsd: number): string {
  const usd = nanoUsd / 1e9
  const size = Math.abs(usd)
  const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6
  return `${usd < 0 ? '-' : ''}$${size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** Milliseconds, whole from ten on and with one decimal below: `1,250 ms`, `0.4 ms`. */
export function formatMs(ms: number): string {
  const digits = ms >= 10 || ms === 0 ? 0 : 1
  return `${ms.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`
}

/** Milliseconds as seconds, to a tenth below ten: `0.0 s`, `1.4 s`, `12 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms >= 9_950 ? 0 : 1)} s`
}

/** A factor as the tables name it: `0.5 x`. */
export function formatScale(scale: number): string {
  return `${scale} x`
}

/** The first twelve digits of a commit or a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12)
}
