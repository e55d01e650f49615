import { setTimeout as sleep } from 'node:timers/promises'

/** Makes `calls` calls, `connections` at a time, each when the one before it has ended. Resolves with the time by the clock, in ms. */
export async function driveClosed(
  call: (number: number) => Promise<void>,
  { calls, connections }: { calls: number; connections: number },
): Promise<number> {
  const began = performance.now()
  let next = 0
  const callOn = async (): Promise<void> => {
    while (next < calls) await call(next++)
  }
  await Promise.all(Array.from({ length: connections }, callOn))
  return performance.now() - began
}

/**
 * Makes calls at a fixed rate, whether or not the earlier ones have ended. Resolves with how long each took, in ms, from the moment it was
 * due: a server that stops for a moment delays all who come in that moment, not one (coordinated omission; G. Tene, 2013, "How NOT to
 * Measure Latency").
 */
export async function driveAtRate(
  call: (number: number) => Promise<void>,
  { calls, perSecond }: { calls: number; perSecond: number },
): Promise<number[]> {
  const began = performance.now()
  const waiting: Promise<number>[] = []
  for (let number = 0; number < calls; number++) {
    const dueMs = began + (number * 1000) / perSecond
    const early = dueMs - performance.now()
    if (early > 0) await sleep(early)
    waiting.push(call(number).then(() => performance.now() - dueMs))
  }
  return Promise.all(waiting)
}
