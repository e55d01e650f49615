import type { CallOutcome } from '../metrics/record.ts'
import { UpstreamError } from './errors.ts'
import type { ChatResponse } from './wire.ts'

/** Throws `UpstreamError` for a 200 that is no answer: not an object (an HTML page), or without choices. */
export function assertChatResponse(response: unknown): asserts response is ChatResponse {
  const choices =
    typeof response === 'object' && response !== null && 'choices' in response ? response.choices : undefined
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new UpstreamError('The provider answered 200 with something that is no answer: it has no choices.')
  }
}

/** Whether an answer is a success, and otherwise what it is; the worst of its choices decides. */
export function outcomeOf(response: ChatResponse): CallOutcome {
  const reasons = new Set(response.choices.map(({ finish_reason }) => finish_reason))
  if (response.choices.some(({ message }) => message?.refusal)) return 'refusal'
  if (reasons.has('content_filter')) return 'content_filter'
  return reasons.has('length') ? 'length' : 'success'
}
