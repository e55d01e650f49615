/**
 * The order of `count` things in a round, by their places from 0. It rotates from round to round, so that each is first once in
 * `count` rounds; and the rotated order zigzags, so that none always follows the same other, whose garbage it would collect: over
 * `count` rounds, each order followed by its reverse, every pair is adjacent equally often (Williams, 1949, "Experimental designs
 * balanced for the estimation of residual effects of treatments").
 */
export function balancedOrder(round: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => {
    const zigzag = place % 2 === 0 ? -place / 2 : (place + 1) / 2
    return (((zigzag + round) % count) + count) % count
  })
}
