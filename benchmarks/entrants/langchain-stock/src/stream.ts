import type { ChatChunk, ChatRequest, ChatResponse } from '@plumbline/core'
import type { EntrantChatResult, EntrantChatStream } from '@plumbline/conformance'
import type { AIMessageChunk } from '@langchain/core/messages'

import type { Call } from './call.ts'
import { choiceOf, toChunk, toResponse } from './wire.ts'

interface Opened {
  call: Call
  chunks: AsyncIterable<AIMessageChunk>
}

/**
 * A stream in the shape of the contract: opened by the first read of it, or of its result.
 * https://docs.langchain.com/oss/javascript/langchain/models, "Stream" (read 2026-11-24): chunks are added up with `concat`;
 * here for each choice, since a chunk belongs to one.
 */
export function createStream(
  open: () => Promise<Opened>,
  toResult: (response: ChatResponse, call: Call) => EntrantChatResult,
): EntrantChatStream {
  const { promise: result, resolve, reject } = Promise.withResolvers<EntrantChatResult>()
  result.catch(() => {})
  let started = false
  let leave: (() => void) | undefined

  async function* read(): AsyncGenerator<ChatChunk> {
    try {
      const { call, chunks } = await open()
      leave = call.leave
      const whole = new Map<number, AIMessageChunk>()
      for await (const chunk of chunks) {
        const index = choiceOf(chunk)
        const before = whole.get(index)
        const translated = toChunk(call.request, chunk, before === undefined)
        whole.set(index, before === undefined ? chunk : before.concat(chunk))
        if (translated !== undefined) yield translated
      }
      resolve(toResult(joined(call.request, whole), call))
    } catch (error) {
      reject(error)
      throw error
    }
  }

  function iterate(): AsyncIterableIterator<ChatChunk> {
    started = true
    const reading = read()
    async function end(): Promise<IteratorReturnResult<undefined>> {
      // Whoever waits for the result of a stream that its reader has left is told.
      reject(new Error('The stream was left before its end.'))
      leave?.()
      // LangChain's stream is closed as it closes; that it was aborted is no news to whoever left it.
      await reading.return(undefined).catch(() => {})
      return { done: true, value: undefined }
    }
    return {
      [Symbol.asyncIterator]: iterate,
      next: () => reading.next(),
      return: end,
      async throw(error) {
        await end()
        throw error
      },
    }
  }

  async function drain(): Promise<void> {
    const reading = iterate()
    while ((await reading.next()).done !== true);
  }

  return {
    [Symbol.asyncIterator]: iterate,
    get result() {
      if (!started) drain().catch(() => {})
      return result
    },
  }
}

function joined(request: ChatRequest, whole: ReadonlyMap<number, AIMessageChunk>): ChatResponse {
  const indexes = [...whole.keys()].toSorted((a, b) => a - b)
  return toResponse(
    request,
    indexes.flatMap((index) => whole.get(index) ?? []),
  )
}
