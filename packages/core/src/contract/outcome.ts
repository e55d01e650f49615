import type { CallOutcome } from '../metrics/record.ts'
import { BudgetExceededError, GuardrailBlockedError, UpstreamError, type PlumblineError } from './errors.ts'
import type { ChatResponse, EmbedResponse } from './wire.ts'
import { isObject } from './is-object.ts'

/** Throws `UpstreamError` for a 200 that is no answer: not an object (an HTML page), without choices, or without messages in them that hold what messages do. */
export function assertChatResponse(response: unknown): asserts response is ChatResponse {
  const choices =
    typeof response === 'object' && response !== null && 'choices' in response ? response.choices : undefined
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new UpstreamError('The provider answered 200 with something that is no answer: it has no choices.')
  }
  for (const choice of choices as unknown[]) {
    const message = isObject(choice) ? choice['message'] : undefined
    if (!isObject(message)) {
      throw new UpstreamError(
        'The provider answered 200 with something that is no answer: a choice has no message.',
      )
    }
    const { content, tool_calls: calls } = message
    if (!isTextOrParts(content) || !(calls === undefined || calls === null || isListOfObjects(calls))) {
      throw new UpstreamError(
        'The provider answered 200 with something that is no answer: content or tool calls of a message are none.',
      )
    }
  }
}

/** As answers have them: a text or null; parts with servers that return reasoning so. */
function isTextOrParts(content: unknown): boolean {
  return content === undefined || content === null || typeof content === 'string' || isListOfObjects(content)
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject)
}

/**
 * Throws `UpstreamError` for a 200 that does not hold a vector for each of `count` texts: not an object (an HTML page), without
 * data, or with something in it that is no vector.
 */
export function assertEmbedResponse(response: unknown, count: number): asserts response is EmbedResponse {
  const data = isObject(response) ? response['data'] : undefined
  if (!Array.isArray(data)) {
    throw new UpstreamError('The provider answered 200 with something that is no answer: it has no vectors.')
  }
  const indexes = new Set<unknown>()
  for (const item of data as unknown[]) {
    if (!isObject(item) || !isVector(item['embedding']))
      throw new UpstreamError('The provider answered 200 with something that is no vector.')
    indexes.add(item['index'])
  }
  for (let index = 0; index < count; index++) {
    if (!indexes.has(index)) throw new UpstreamError('The provider answered without a vector for every text.')
  }
}

/** Numbers, or float32 in base64; at least one. */
function isVector(value: unknown): boolean {
  if (typeof value === 'string') {
    const bytes = Buffer.byteLength(value, 'base64')
    return bytes > 0 && bytes % 4 === 0
  }
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number')
}

/**
 * Throws `UpstreamError` for a stream without a single event whose content type says that it was none: a sign-in page, or JSON.
 * Of a stream with events the type does not matter, since some servers get it wrong.
 */
export function assertEventStream(contentType: string | null): void {
  if (contentType === null || /^text\/event-stream/i.test(contentType)) return
  throw new UpstreamError('The provider answered a request for a stream with something that is no stream.')
}

/** Whether an answer is a success, and otherwise what it is; the worst of its choices decides. */
export function outcomeOf(response: ChatResponse): CallOutcome {
  const reasons = new Set(response.choices.map(({ finish_reason }) => finish_reason))
  if (response.choices.some(({ message }) => message?.refusal)) return 'refusal'
  if (reasons.has('content_filter')) return 'content_filter'
  return reasons.has('length') ? 'length' : 'success'
}

/** How a call that rejects with `error` ended, and what blocked it: a guardrail's rule, or `budget.hour`, `budget.day`. */
export function failureOf(error: PlumblineError): { outcome: CallOutcome; blockedBy: string | undefined } {
  if (GuardrailBlockedError.isInstance(error)) return { outcome: 'blocked', blockedBy: error.ruleId }
  if (BudgetExceededError.isInstance(error))
    return { outcome: 'blocked', blockedBy: `budget.${error.window ?? 'store'}` }
  return { outcome: error.code === 'CANCELLED' ? 'cancelled' : 'error', blockedBy: undefined }
}
