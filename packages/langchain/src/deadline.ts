import { CancelledError, TimeoutError, type Clock } from '@plumbline/core'

/**
 * One limit over everything a call does: queue, attempts, back-off and stream. LangChain's own `timeout` option becomes an
 * `AbortSignal.timeout`, whose end cannot be told from the caller's abort (FLT-06, FLT-07) and runs on the machine's clock.
 */
export interface Deadline {
  /** Aborted by the caller's signal or by the limit; its reason is the typed error to reject with. */
  readonly signal: AbortSignal
  /** Time left, in ms. */
  remainingMs(): number
  /** Gives the timer and the listener back. */
  close(): void
}

export interface DeadlineOptions {
  clock: Clock
  /** In ms. Throws `RangeError` unless positive. */
  limitMs: number
  /** The caller's. */
  signal?: AbortSignal | undefined
}

/** Starts a deadline. */
export function openDeadline({ clock, limitMs, signal }: DeadlineOptions): Deadline {
  assertLimit(limitMs)
  const controller = new AbortController()
  const endMs = clock.monotonicMs() + limitMs
  const expire = () =>
    controller.abort(new TimeoutError(`The call did not end within its deadline of ${limitMs} ms.`))
  const cancel = () => {
    const cause: unknown = signal?.reason
    // The wire adapter says more exactly what happened.
    const isTyped = CancelledError.isInstance(cause)
    controller.abort(isTyped ? cause : new CancelledError('The caller aborted the call.', { cause }))
  }

  const cancelTimer = clock.setTimer(limitMs, expire)
  if (signal?.aborted) cancel()
  else signal?.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    remainingMs: () => endMs - clock.monotonicMs(),
    close() {
      cancelTimer()
      signal?.removeEventListener('abort', cancel)
    },
  }
}

/** Throws `RangeError` for a limit that is no positive number of ms. */
function assertLimit(limitMs: number): void {
  if (limitMs > 0) return
  throw new RangeError(`deadlineMs must be a positive number of ms, not ${limitMs}`)
}

/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // `raceWithSignal` of @langchain/core does this, but is not exported.
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export async function sleep(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let cancelTimer: (() => void) | undefined
  const slept = new Promise<void>((resolve) => {
    cancelTimer = clock.setTimer(delayMs, resolve)
  })
  try {
    await untilAborted(slept, signal)
  } finally {
    cancelTimer?.()
  }
}
