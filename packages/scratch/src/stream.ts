import {
  assertCallContext,
  assertChatRequest,
  CancelledError,
  copyJson,
  replayAsChunks,
  withoutUsage,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChatResult,
  type ChatStream,
  type PlumblineError,
} from '@plumbline/core'

import type { AnswerFacts } from './answer.ts'
import { fail, leadsNext, openCall, prepare, succeed, takeSeat, type ChatParts } from './chat.ts'
import { restoreChunks } from './guardrails.ts'
import { lazyPromise } from './lazy-promise.ts'
import type { Member } from './single-flight.ts'

/** As `chat`, chunk by chunk. Throws `InvalidRequestError` and `RangeError` at once; sends nothing before it is read. */
export function stream(parts: ChatParts, request: ChatRequest, context: CallContext = {}): ChatStream {
  assertChatRequest(request, parts)
  assertCallContext(context)
  const { promise, resolve, reject } = Promise.withResolvers<ChatResult>()
  const left = new AbortController()
  const signal = context.signal ? AbortSignal.any([context.signal, left.signal]) : left.signal
  const chunks = streamChunks(parts, copyJson(request), { ...context, signal }, { resolve, reject })
  let isRead = false

  async function leave(): Promise<IteratorResult<ChatChunk, undefined>> {
    // Before the generator is closed: that waits for the chunk it is reading, which may never come.
    left.abort()
    await chunks.return()
    // Settled by now if the call had begun; otherwise nobody else will.
    reject(new CancelledError('The stream was left before it was read.'))
    await promise.catch(() => {})
    return { done: true, value: undefined }
  }

  const iterator: AsyncIterator<ChatChunk, undefined> = {
    next: () => chunks.next() as Promise<IteratorResult<ChatChunk, undefined>>,
    return: leave,
    async throw(error) {
      await leave()
      throw error
    },
  }

  async function drain(): Promise<void> {
    try {
      for await (const _ of chunks);
    } catch {
      // `result` rejects with the same error.
    }
  }

  return {
    [Symbol.asyncIterator]() {
      isRead = true
      return iterator
    },
    result: lazyPromise(promise, () => {
      if (isRead) return
      isRead = true
      void drain()
    }),
  }
}

interface Settle {
  resolve(result: ChatResult): void
  reject(error: PlumblineError): void
}

async function* streamChunks(
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext,
  { resolve, reject }: Settle,
): AsyncGenerator<ChatChunk, void, undefined> {
  const chatCall = openCall(parts, request, context, true)
  const { call, deadline } = chatCall
  const usageWanted = request.stream_options?.include_usage === true

  let ended: Promise<PlumblineError> | undefined
  const end = (thrown: unknown): Promise<PlumblineError> => {
    ended ??= fail(chatCall, thrown, parts).then((error) => {
      reject(error)
      return error
    })
    return ended
  }
  // A caller who has left, or does not read on, is told through `result`, and the provider by its closed connection.
  const onAbort = (): void => {
    void end(deadline.signal.reason)
    // A reader who never comes back would leave its timer running, which keeps the process.
    deadline.close()
  }
  deadline.signal.addEventListener('abort', onAbort, { once: true })

  try {
    const question = await prepare(chatCall, parts, request, context, true)
    const { restorer } = chatCall
    let response: ChatResponse | undefined
    for (let hasBegun = false; response === undefined;) {
      const member = takeSeat(question, chatCall, parts)
      try {
        for await (const chunk of restorer ? restoreChunks(restorer, replayed(member)) : replayed(member)) {
          hasBegun = true
          call.sawChunk(chunk)
          const visible = usageWanted ? chunk : withoutUsage(chunk)
          if (visible) yield visible
        }
        response = await member.result()
      } catch (thrown) {
        if (hasBegun || !leadsNext(member, thrown, parts)) throw thrown
      }
    }
    resolve(await succeed(chatCall, restorer?.restoreResponse(response) ?? response))
  } catch (thrown) {
    throw await end(thrown)
  } finally {
    deadline.signal.removeEventListener('abort', onAbort)
    deadline.close()
  }
}

/** The chunks of a flight; of one that had none, a hit or an answer that another caller asked for as a whole, a replay. */
async function* replayed(
  member: Member<ChatResponse, AnswerFacts>,
): AsyncGenerator<ChatChunk, void, undefined> {
  let isStreamed = false
  for await (const chunk of member.chunks()) {
    isStreamed = true
    yield chunk
  }
  if (!isStreamed) yield* replayAsChunks(copyJson(await member.result()))
}
