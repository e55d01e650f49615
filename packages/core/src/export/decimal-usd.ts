/** Nano-dollars as decimal dollars with all nine decimals, exactly: 75_000 is `0.000075000`. For integers up to 2^53. */
export function formatDecimalUsd(nanoUsd: number): string {
  const digits = String(Math.abs(nanoUsd)).padStart(10, '0')
  return `${nanoUsd < 0 ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}
