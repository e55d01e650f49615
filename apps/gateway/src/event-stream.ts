import type { ChatStream } from '@plumbline/core'

import { recordHeaders } from './call-headers.ts'
import { toErrorAnswer } from './error-answer.ts'

export interface EventStreamOptions {
  /** How long the client may leave it unread, in ms. */
  slowClientMs: number
  /** Called once, when nothing more will be written. */
  onEnd: () => void
}

const encoder = new TextEncoder()

/**
 * A streamed answer as server-sent events, one `data:` a chunk and `[DONE]` at its end. Waits for the first chunk: until then a failure
 * rejects, and can still be an answer with its own status. A later one is an event with `error`. Reads no faster than the client does.
 * What a header cannot say any more stands in a comment before the end: `: plumbline {"x-plumbline-cost-usd":…}`.
 */
export async function toEventStream(
  stream: ChatStream,
  { slowClientMs, onEnd }: EventStreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const chunks = stream[Symbol.asyncIterator]()
  let step = await chunks.next()
  let slowTimer: NodeJS.Timeout | undefined

  async function leave(): Promise<void> {
    clearTimeout(slowTimer)
    // It aborts the call before it waits for anything, and may wait for long: the place of this stream is free now.
    const left = chunks.return?.()
    onEnd()
    // How the call ended is in its record.
    await left?.catch(() => {})
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(slowTimer)
        try {
          if (!step.done) {
            controller.enqueue(encoder.encode(`data: ${JSON.stringify(step.value)}\n\n`))
            step = await chunks.next()
          }
          if (step.done) {
            const { metrics } = await stream.result
            controller.enqueue(
              encoder.encode(`: plumbline ${JSON.stringify(recordHeaders(metrics))}\n\ndata: [DONE]\n\n`),
            )
            controller.close()
            onEnd()
            return
          }
        } catch (error) {
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(toErrorAnswer(error).body)}\n\n`))
          controller.close()
          onEnd()
          return
        }
        slowTimer = setTimeout(() => {
          controller.error(new Error('The client has not read its stream.'))
          void leave()
        }, slowClientMs)
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  )
}
