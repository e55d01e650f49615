import type { ChatResponse } from '@plumbline/core'
import type { AIMessageChunk, BaseMessage } from '@langchain/core/messages'
import { coerceMessageLikeToMessage } from '@langchain/core/messages'

import type { Call } from './call.ts'
import { toResponse } from './wire.ts'

/**
 * Asks the model itself, through `generate`: `invoke` is the same call and returns the first of `n` answers alone.
 */
export async function askModel({
  request,
  model,
  messages,
  callOptions,
  config,
}: Call): Promise<ChatResponse> {
  const conversation = messages.map((message) => coerceMessageLikeToMessage(message))
  const { generations } = await model.generate([conversation], { ...callOptions, ...config })
  // A chat model generates messages; the type is that of all language models.
  const answers = (generations[0] ?? []) as unknown as { message: BaseMessage }[]
  return toResponse(
    request,
    answers.map(({ message }) => message),
  )
}

/**
 * https://docs.langchain.com/oss/javascript/langchain/models, "Stream" (read 2026-11-24): `.stream()`, whose last chunk carries
 * the usage by default (`streamUsage`).
 */
export async function streamModel(call: Call): Promise<AsyncIterable<AIMessageChunk>> {
  return call.model.stream(call.messages, { ...call.callOptions, ...call.config })
}
