import type { ChatRequest } from '@plumbline/core'
import type { ChatOpenAICallOptions, ChatOpenAIFields } from '@langchain/openai'

/** Wire fields that the constructor of `ChatOpenAI` has a name for (its reference, read 2026-11-24). */
const constructorNames: Record<string, keyof ChatOpenAIFields> = {
  model: 'model',
  temperature: 'temperature',
  top_p: 'topP',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxCompletionTokens',
  n: 'n',
  stop: 'stop',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  logit_bias: 'logitBias',
  logprobs: 'logprobs',
  top_logprobs: 'topLogprobs',
  user: 'user',
  modalities: 'modalities',
  audio: 'audio',
  service_tier: 'service_tier',
  prompt_cache_key: 'promptCacheKey',
  prompt_cache_retention: 'promptCacheRetention',
  verbosity: 'verbosity',
}

/** Wire fields that it takes with each call instead, under their own names. */
const callOptionNames = new Set([
  'seed',
  'tools',
  'tool_choice',
  'response_format',
  'parallel_tool_calls',
  'prediction',
])

/** Wire fields that are arguments of their own, or translated on their own. */
const argumentNames = new Set(['messages', 'stream', 'stream_options'])

/** The fields of a request that belong to the model. A field without a name of its own goes into `modelKwargs`, as documented. */
export function toModelFields(request: ChatRequest): ChatOpenAIFields {
  const fields: Record<string, unknown> = {}
  const modelKwargs: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || argumentNames.has(name) || callOptionNames.has(name)) continue
    const own = Object.hasOwn(constructorNames, name) ? constructorNames[name] : undefined
    if (own === undefined) modelKwargs[name] = value
    else if (value !== null) fields[own] = name === 'stop' && typeof value === 'string' ? [value] : value
  }
  return { ...fields, ...(Object.keys(modelKwargs).length > 0 && { modelKwargs }) }
}

/** The fields of a request that belong to the call. */
export function toCallOptions(request: ChatRequest, stream: boolean): Partial<ChatOpenAICallOptions> {
  const options = Object.fromEntries(
    Object.entries(request).filter(
      ([name, value]) => callOptionNames.has(name) && value !== undefined && value !== null,
    ),
  )
  return { ...options, ...(stream && toStreamOptions(request)) }
}

/**
 * `ChatOpenAI` asks for usage by itself (`streamUsage`) unless it is given `stream_options`. So it is given none, and where it must
 * be, with the usage: https://js.langchain.com/docs/how_to/chat_token_usage_tracking/, "Streaming" (read 2026-11-24). Whether the
 * caller sees that chunk is `toChunk`'s affair.
 */
function toStreamOptions({ stream_options: given }: ChatRequest): Partial<ChatOpenAICallOptions> {
  const others = Object.entries(given ?? {}).filter(([name]) => name !== 'include_usage')
  return others.length === 0 ? {} : { stream_options: { ...Object.fromEntries(others), include_usage: true } }
}
