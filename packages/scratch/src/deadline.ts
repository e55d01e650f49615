import { CancelledError, TimeoutError, type Clock, type PlumblineError } from '@plumbline/core'

/** One limit over everything a call does: queue, attempts, back-off and stream. */
export interface Deadline {
  /** Aborted by the caller's signal or by the limit; its reason is the typed error to reject with. */
  readonly signal: AbortSignal
  remainingMs(): number
  /** Settles as `promise` does, but rejects at once when the deadline passes or the caller aborts. */
  race<T>(promise: Promise<T>): Promise<T>
  /** Gives the timer and the listener back. */
  close(): void
}

export interface DeadlineOptions {
  clock: Clock
  limitMs: number
  /** The caller's. */
  signal?: AbortSignal | undefined
}

export function openDeadline({ clock, limitMs, signal }: DeadlineOptions): Deadline {
  if (!(limitMs > 0)) throw new RangeError(`deadlineMs must be a positive number of ms, not ${limitMs}`)
  const controller = new AbortController()
  const endsAtMs = clock.monotonicMs() + limitMs
  // Of the races under way. A listener on the signal for each, once a chunk, costs more than all else that a race does.
  const rejects = new Set<(reason: unknown) => void>()

  function end(error: PlumblineError): void {
    controller.abort(error)
    for (const reject of rejects) reject(error)
  }
  const cancelTimer = clock.setTimer(limitMs, () =>
    end(new TimeoutError(`The call did not end within its deadline of ${limitMs} ms.`)),
  )
  const cancel = () => end(new CancelledError('The caller aborted the call.', { cause: signal?.reason }))
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })

  return {
    signal: controller.signal,
    remainingMs: () => endsAtMs - clock.monotonicMs(),
    race: (promise) =>
      new Promise((resolve, reject) => {
        if (controller.signal.aborted) reject(controller.signal.reason)
        rejects.add(reject)
        void promise.then(resolve, reject).then(() => rejects.delete(reject))
      }),
    close() {
      cancelTimer()
      signal?.removeEventListener('abort', cancel)
    },
  }
}

/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let cancelTimer: (() => void) | undefined
  const slept = new Promise<void>((resolve) => {
    cancelTimer = clock.setTimer(delayMs, resolve)
  })
  return raceAbort(slept, signal).finally(() => cancelTimer?.())
}
