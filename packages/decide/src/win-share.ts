import { families } from './criteria.ts'
import type { OptionScores } from './score.ts'
import type { Weights } from './weights.ts'

/** How many times weights are drawn. */
export const draws = 10_000

/**
 * How often each option comes first when every score is anywhere in its interval, under the weights that are given, or when those
 * are anything too (uniform over all that add up to 1): shares that add up to 1, to about 0.01. The draws are the same every time, and those of an option
 * hang on its scores alone: neither its name, its place nor the other options change them.
 */
export function winShares(options: readonly OptionScores[], given?: Weights): number[] {
  const wins = options.map(() => 0)
  const randomWeight = seededRandom(1)
  const places = options.map((option) => seededRandom(digestOf(option)))
  for (let draw = 0; draw < draws; draw++) {
    // Exponentials divided by their sum are uniform over the simplex (Devroye 1986, V.2); the sum changes no order.
    const weights = families.map((family) => given?.[family] ?? -Math.log(1 - randomWeight()))
    const totals = options.map(({ families: scores }, option) =>
      families.reduce((sum, family, index) => {
        const { low, high } = scores[family]
        return sum + (weights[index] ?? 0) * (low + (high - low) * (places[option]?.() ?? 0.5))
      }, 0),
    )
    const best = Math.max(...totals)
    const winners = totals.flatMap((total, index) => (total === best ? [index] : []))
    for (const winner of winners) wins[winner] = (wins[winner] ?? 0) + 1 / winners.length
  }
  return wins.map((count) => count / draws)
}

/** FNV-1a over the scores. */
function digestOf({ families: scores }: OptionScores): number {
  let hash = 0x811c9dc5
  for (const char of JSON.stringify(families.map((family) => scores[family]))) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  }
  return hash
}

/** Uniform in [0, 1) (mulberry32, T. Ettinger). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
