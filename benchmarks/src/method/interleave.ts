import { balancedOrder } from './balanced-order.ts'

/** What is measured side by side: one turn of each row, and how often. */
export interface InterleaveOptions {
  /** One for each row: runs its work once, and resolves with what it took. */
  turns: readonly (() => number | Promise<number>)[]
  /** Rounds that are counted; each runs every row twice. */
  rounds: number
  /** Rounds before them, which compile the code and open the connections. */
  warmUpRounds: number
  onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * The samples of each row, one a round: the mean of its two turns, in an order of the rows and in its reverse (ABBA), so that a
 * machine that slows down or speeds up within a round hits all rows alike. The order rotates: see `balancedOrder`.
 */
export async function interleave(options: InterleaveOptions): Promise<number[][]> {
  const { turns, rounds, warmUpRounds, onProgress } = options
  const samples: number[][] = turns.map(() => [])
  const all = warmUpRounds + rounds
  for (let round = 0; round < all; round++) {
    const order = balancedOrder(round, turns.length)
    const sums = turns.map(() => 0)
    for (const index of [...order, ...order.toReversed()]) {
      sums[index] = (sums[index] ?? 0) + ((await turns[index]?.()) ?? Number.NaN)
    }
    if (round >= warmUpRounds) for (const [index, sum] of sums.entries()) samples[index]?.push(sum / 2)
    onProgress?.(round + 1, all)
  }
  return samples
}
