import type { Readable } from 'node:stream'

import { UpstreamError } from '../contract/errors.ts'
import { toBodyError } from './transport-errors.ts'

/**
 * How much is read ahead of whoever reads, in bytes: an answer below it frees its connection even when nobody reads it. The same
 * again waits in Node's own buffer. With more, the kernel takes a slow reader for a fast one, and lets the server send 9 MB ahead
 * of it rather than 4.
 */
export const readAheadBytes = 16_384

/** The bytes of an answer. Read in one of two ways, once. */
export interface ResponseBody {
  /** All of it, when it has arrived. Rejects with an `UpstreamError` beyond the limit. */
  collect(): Promise<Buffer>
  /** Piece by piece; reads from the connection only what is asked for. Cancelling it closes the connection. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>
  /** Breaks off: what has not been read yet is dropped, and whoever reads gets `reason`. No effect once all has arrived. */
  abort(reason: unknown): void
}

interface ResponseBodyOptions {
  /** The most that `collect` takes. */
  maxBytes: number
  /** Nothing more comes from the network. Called once. */
  onSettled: () => void
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>

/** A body that begins to read at once, up to `readAheadBytes`. */
export function createResponseBody(
  source: Readable,
  { maxBytes, onSettled }: ResponseBodyOptions,
): ResponseBody {
  let chunks: Buffer[] = []
  let bytes = 0
  let state: 'open' | 'ended' | 'failed' = 'open'
  let failure: unknown
  let collector: { resolve: (all: Buffer) => void; reject: (error: unknown) => void } | undefined
  let controller: Controller | undefined
  /** The stream's reader waits for a chunk. */
  let isWanted = false

  function take(): Buffer {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes)
    chunks = []
    bytes = 0
    return all
  }

  function settle(as: 'ended' | 'failed', error?: unknown): void {
    if (state !== 'open') return
    state = as
    failure = error
    onSettled()
    if (collector !== undefined) {
      if (as === 'ended') collector.resolve(take())
      else collector.reject(error)
    } else if (isWanted) deliver()
  }

  /** Ends it from our side; destroying an answer destroys its connection. */
  function breakOff(error: unknown): void {
    settle('failed', error)
    source.destroy()
  }

  /** Answers the read that waits, or remembers that one does. */
  function deliver(): void {
    isWanted = false
    if (bytes > 0) {
      controller?.enqueue(toPlainBytes(take()))
      source.resume()
    } else if (state === 'failed') controller?.error(failure)
    else if (state === 'ended') controller?.close()
    else isWanted = true
  }

  source.on('data', (chunk: Buffer) => {
    if (state !== 'open') return
    chunks.push(chunk)
    bytes += chunk.length
    if (isWanted) deliver()
    else if (collector === undefined) {
      if (bytes >= readAheadBytes) source.pause()
    } else if (bytes > maxBytes) breakOff(tooLarge(maxBytes))
  })
  source.on('end', () => settle('ended'))
  source.on('error', (error) => settle('failed', toBodyError(error)))

  return {
    collect() {
      if (bytes > maxBytes) {
        if (state === 'open') breakOff(tooLarge(maxBytes))
        return Promise.reject(tooLarge(maxBytes))
      }
      if (state === 'failed') return Promise.reject(failure)
      if (state === 'ended') return Promise.resolve(take())
      source.resume()
      return new Promise((resolve, reject) => {
        collector = { resolve, reject }
      })
    },
    stream() {
      // Nothing is queued in the stream itself: what has not been asked for stays here, or in the socket.
      return new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          start(created) {
            controller = created
          },
          pull: deliver,
          cancel: (reason) => {
            if (state !== 'open') return
            isWanted = false
            breakOff(reason)
          },
        },
        { highWaterMark: 0 },
      )
    },
    abort(reason) {
      if (state !== 'open') return
      take()
      isWanted = false
      breakOff(reason)
      controller?.error(reason)
    },
  }
}

/** As fetch gives it: `slice` of a Buffer is a view, of a Uint8Array a copy. */
function toPlainBytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  // Buffers of Node's streams are never on shared memory.
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length)
}

function tooLarge(maxBytes: number): UpstreamError {
  // Another try would be as large.
  return new UpstreamError(`The provider's answer is larger than ${maxBytes} bytes (maxBodyBytes).`, {
    retryable: false,
  })
}
