import type { ManualClock } from './manual-clock.ts'
import type { FaultServer } from './servers/fault-server.ts'

/**
 * Time since this call on whichever clock an entrant reads: the lab's, which moves only when a scenario moves it, or the
 * machine's, which hardly moves meanwhile. In ms.
 */
export function startStopwatch(clock: ManualClock): () => number {
  const startMs = clock.monotonicMs()
  const realStartMs = performance.now()
  return () => clock.monotonicMs() - startMs + (performance.now() - realStartMs)
}

export interface PassTimeOptions {
  clock: ManualClock
  /** While a request is open at one of these, time stands still. */
  servers?: readonly FaultServer[]
  /** The longest wait that time is passed for, in ms; longer ones are deadlines, which must not pass by themselves. */
  upToMs: number
}

/**
 * Settles as `work` does, and meanwhile moves the lab's clock on to each timer that somebody waits for: back-off, or a
 * limit. An entrant without an injectable clock waits in real time, and needs no help.
 */
export async function passTime<T>(work: Promise<T>, options: PassTimeOptions): Promise<T> {
  const { clock, servers = [], upToMs } = options
  const settled = work.then(
    () => true,
    () => true,
  )
  let idleTurns = 0
  for (;;) {
    const turn = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2))
    if (await Promise.race([settled, turn])) return work
    idleTurns = servers.some(({ inFlight }) => inFlight > 0) ? 0 : idleTurns + 1
    const [nextMs] = clock.pendingTimers()
    // The client may still be reading what the server has ended.
    if (idleTurns < 3 || nextMs === undefined || nextMs > upToMs) continue
    clock.advance(nextMs)
    idleTurns = 0
  }
}
