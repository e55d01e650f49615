/**
 * The 95 % Wilson score interval of a share, `found` of `n`: it holds for few and for none found, where the usual one is empty.
 * Source: Brown, Cai, DasGupta, Interval Estimation for a Binomial Proportion (2001).
 */
export function wilsonInterval(found: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 }
  const z = 1.959_964
  const share = found / n
  const middle = share + z ** 2 / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))
  const scale = 1 + z ** 2 / n
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}
