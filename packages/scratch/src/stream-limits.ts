import {
  carriesProgress,
  TimeoutError,
  type ChatChunk,
  type Clock,
  type StreamOptions,
} from '@plumbline/core'

export interface StreamLimitsContext {
  options: StreamOptions
  clock: Clock
  /** Aborted when nobody waits for the stream any more. */
  signal: AbortSignal
}

/**
 * The chunks of the stream that `open` makes, until it has been silent for too long: then its signal is aborted, which closes the
 * connection, and the reader gets a `TimeoutError`. Only time spent waiting for the provider counts. Bytes are not seen here, so
 * keep-alive comments cannot count; chunks with nothing in them do not. Not tried again: the limit was the time there was.
 */
export function limitStream(
  open: (signal: AbortSignal) => AsyncIterable<ChatChunk>,
  { options, clock, signal }: StreamLimitsContext,
): AsyncIterator<ChatChunk, undefined> {
  const { firstContentTimeoutMs = 120_000, idleTimeoutMs = 30_000 } = options
  const silence = new AbortController()
  const chunks = open(AbortSignal.any([signal, silence.signal]))[Symbol.asyncIterator]()
  let limitMs = firstContentTimeoutMs
  let waitedMs = 0
  const alarm = createAlarm(clock, () =>
    silence.abort(new TimeoutError(`The stream was silent for its limit of ${limitMs} ms.`)),
  )

  async function close(): Promise<IteratorResult<ChatChunk, undefined>> {
    alarm.cancel()
    await chunks.return?.()
    return { done: true, value: undefined }
  }

  return {
    async next() {
      const sinceMs = clock.monotonicMs()
      alarm.set(sinceMs + limitMs - waitedMs, sinceMs)
      try {
        const step = await chunks.next()
        alarm.pause()
        if (step.done) {
          // The SDK ends an aborted stream quietly.
          silence.signal.throwIfAborted()
          return await close()
        }
        const isProgress = carriesProgress(step.value)
        if (isProgress) limitMs = idleTimeoutMs
        waitedMs = isProgress ? 0 : waitedMs + clock.monotonicMs() - sinceMs
        return step
      } catch (error) {
        await close()
        silence.signal.throwIfAborted()
        throw error
      }
    },
    return: close,
  }
}

/** Rings at the time that it was last set to, unless it is paused by then. */
interface Alarm {
  /** Both as of `Clock.monotonicMs`. */
  set(atMs: number, nowMs: number): void
  pause(): void
  cancel(): void
}

/** One timer that is started again when it fires too early: one a chunk would cost more than the rest of this file. */
function createAlarm(clock: Clock, ring: () => void): Alarm {
  let ringsAtMs = Infinity
  let firesAtMs = Infinity
  let cancelTimer: (() => void) | undefined

  function start(atMs: number, nowMs: number): void {
    cancelTimer?.()
    firesAtMs = atMs
    cancelTimer = clock.setTimer(atMs - nowMs, () => {
      firesAtMs = Infinity
      const laterMs = clock.monotonicMs()
      if (laterMs >= ringsAtMs) ring()
      else if (ringsAtMs !== Infinity) start(ringsAtMs, laterMs)
    })
  }

  return {
    set(atMs, nowMs) {
      ringsAtMs = atMs
      if (atMs < firesAtMs) start(atMs, nowMs)
    },
    pause: () => void (ringsAtMs = Infinity),
    cancel: () => cancelTimer?.(),
  }
}
