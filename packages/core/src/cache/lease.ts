/** How long a lease lives that is not renewed, in ms: as long as a process that has died may delay the others. */
export const leaseMs = 3_000

/** When a lease is renewed, in ms after it was: one renewal may be lost. */
export const leaseRenewalMs = leaseMs / 3

/** How long a process that waits for another one's answer waits before it looks again, in ms, from the first time (0) on. */
export function leasePollMs(turn: number): number {
  return Math.min(20 + 5 * turn, 50)
}
