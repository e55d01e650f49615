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
export async function* limitStream(
  open: (signal: AbortSignal) => AsyncIterable<ChatChunk>,
  { options, clock, signal }: StreamLimitsContext,
): AsyncGenerator<ChatChunk, void, undefined> {
  const { firstContentTimeoutMs = 120_000, idleTimeoutMs = 30_000 } = options
  const silence = new AbortController()
  const chunks = open(AbortSignal.any([signal, silence.signal]))[Symbol.asyncIterator]()
  let limitMs = firstContentTimeoutMs
  let waitedMs = 0

  async function next(): Promise<IteratorResult<ChatChunk>> {
    const sinceMs = clock.monotonicMs()
    const cancelTimer = clock.setTimer(limitMs - waitedMs, () =>
      silence.abort(new TimeoutError(`The stream was silent for its limit of ${limitMs} ms.`)),
    )
    try {
      return await chunks.next()
    } catch (error) {
      silence.signal.throwIfAborted()
      throw error
    } finally {
      cancelTimer()
      waitedMs += clock.monotonicMs() - sinceMs
    }
  }

  try {
    for (let step = await next(); !step.done; step = await next()) {
      if (carriesProgress(step.value)) {
        limitMs = idleTimeoutMs
        waitedMs = 0
      }
      yield step.value
    }
    // The SDK ends an aborted stream quietly.
    silence.signal.throwIfAborted()
  } finally {
    await chunks.return?.()
  }
}
