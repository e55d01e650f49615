import type { CachePolicy } from '../contract/options.ts'
import type { ChatRequest, ChatResponse } from '../contract/wire.ts'

/**
 * Whether the response cache may answer this request. `deterministic` (the default) admits temperature 0 or a seed:
 * of anything else the caller may want a fresh sample.
 */
export function isCacheable(request: ChatRequest, policy: CachePolicy = 'deterministic'): boolean {
  if (typeof policy === 'function') return policy(request)
  if (policy === 'always') return true
  return request.temperature === 0 || (request.seed !== undefined && request.seed !== null)
}

/**
 * Whether an answer may be stored: every choice finished by itself, with something in it. Cut (`length`), filtered, empty and
 * refused answers are served once, never twice; tool calls have effects, so they are not repeated either.
 */
export function isStorable(response: ChatResponse): boolean {
  if (response.choices.length === 0) return false
  return response.choices.every(({ finish_reason, message }) => {
    if (finish_reason !== 'stop' || message.refusal) return false
    return typeof message.content === 'string' && message.content.length > 0
  })
}
