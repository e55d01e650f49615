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
 * refused answers are served once, never twice; neither are tool calls, which have effects, unless `toolCalls` says so.
 */
export function isStorable(
  response: ChatResponse,
  options: { toolCalls?: boolean | undefined } = {},
): boolean {
  if (response.choices.length === 0) return false
  return response.choices.every(({ finish_reason, message }) => {
    // The types say that there is one, the provider may not.
    const { content, refusal, tool_calls, function_call } = message ?? {}
    if (refusal) return false
    // By what the message holds: some servers finish tool calls with `stop`. `function_call` is their deprecated form.
    if (function_call) return false
    const isFinished = finish_reason === 'stop'
    if (tool_calls?.length)
      return options.toolCalls === true && (isFinished || finish_reason === 'tool_calls')
    return isFinished && typeof content === 'string' && content.length > 0
  })
}
