import type { ServerResponse } from 'node:http'

import type { ChatChunk, ChatStream } from '@plumbline/core'

import { recordHeaders } from './call-headers.ts'
import { toErrorAnswer, type ErrorAnswer } from './error-answer.ts'

export interface EventStreamOptions {
  /** How long the client may leave it unread, in ms; then its connection is closed. */
  slowClientMs: number
  /** Told of a failure after the first chunk, which can be no answer of its own any more. */
  onFailure: (answer: ErrorAnswer) => void
}

/** As much is collected before the client is waited for, in characters. */
const batchLength = 16_384

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/**
 * Sends a streamed answer as server-sent events, one `data:` a chunk and `[DONE]` at its end. Resolves once it has begun: until the
 * first chunk a failure rejects, and can still be an answer with its own status. A later one is an event with `error`. Reads no faster
 * than the client does, and leaves the stream when the connection closes. What a header cannot say any more stands in a comment before
 * the end: `: plumbline {"x-plumbline-cost-usd":…}`.
 */
export async function sendEventStream(
  stream: ChatStream,
  outgoing: ServerResponse,
  options: EventStreamOptions,
): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]()
  const first = await chunks.next()
  outgoing.once('close', () => {
    // How the call ended is in its record.
    if (!outgoing.writableFinished) void chunks.return?.().catch(() => {})
  })
  outgoing.writeHead(200, headers)
  void sendChunks(stream, chunks, first, createBatchWriter(outgoing, options.slowClientMs), options)
}

async function sendChunks(
  stream: ChatStream,
  chunks: AsyncIterator<ChatChunk>,
  first: IteratorResult<ChatChunk>,
  writer: BatchWriter,
  { onFailure }: EventStreamOptions,
): Promise<void> {
  try {
    for (let step = first; !step.done; step = await chunks.next()) {
      await writer.write(`data: ${JSON.stringify(step.value)}\n\n`)
      // It has been left: see above.
      if (writer.isClosed) return
    }
    const { metrics } = await stream.result
    writer.end(`: plumbline ${JSON.stringify(recordHeaders(metrics))}\n\ndata: [DONE]\n\n`)
  } catch (error) {
    const answer = toErrorAnswer(error)
    // One who has left is told nothing.
    if (writer.end(`data: ${JSON.stringify(answer.body)}\n\n`)) onFailure(answer)
  }
}

interface BatchWriter {
  /** Undefined where the client need not be waited for. */
  write(text: string): Promise<void> | undefined
  /** Whether there was somebody to write to. */
  end(text: string): boolean
  readonly isClosed: boolean
}

/**
 * What is written in one turn of the event loop goes out at its end in one piece: a packet from the provider holds many chunks, and
 * sending each by itself cost more than making it.
 */
function createBatchWriter(outgoing: ServerResponse, slowClientMs: number): BatchWriter {
  let batch = ''
  function flush(): boolean {
    const text = batch
    batch = ''
    return text === '' || outgoing.destroyed || outgoing.writableEnded || outgoing.write(text)
  }
  return {
    get isClosed() {
      return outgoing.destroyed
    },
    write(text) {
      if (batch === '') setImmediate(flush)
      batch += text
      const isWaiting = outgoing.writableNeedDrain
      if (!isWaiting && (batch.length < batchLength || flush())) return undefined
      return drained(outgoing, slowClientMs)
    },
    end(text) {
      if (outgoing.destroyed) return false
      outgoing.end(batch + text)
      batch = ''
      return true
    },
  }
}

/** Resolves when the client has read on, or its connection is closed, also for having waited too long. */
function drained(outgoing: ServerResponse, slowClientMs: number): Promise<void> {
  return new Promise((resolve) => {
    const slow = setTimeout(() => outgoing.destroy(), slowClientMs)
    const end = (): void => {
      clearTimeout(slow)
      outgoing.off('drain', end)
      outgoing.off('close', end)
      resolve()
    }
    outgoing.once('drain', end)
    outgoing.once('close', end)
    if (outgoing.destroyed) end()
  })
}
