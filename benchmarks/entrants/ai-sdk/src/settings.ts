import type { ChatRequest } from '@plumbline/core'
import { jsonSchema, Output, tool, type ToolChoice, type ToolSet } from 'ai'

import { definedOf, toModelMessages } from './messages.ts'

/** Wire names that the OpenAI provider has under another name in its options (https://ai-sdk.dev/providers/ai-sdk-providers/openai#chat-models, read 2026-11-24). */
const providerNames: Record<string, string> = {
  logit_bias: 'logitBias',
  max_completion_tokens: 'maxCompletionTokens',
  parallel_tool_calls: 'parallelToolCalls',
  prompt_cache_key: 'promptCacheKey',
  prompt_cache_retention: 'promptCacheRetention',
  reasoning_effort: 'reasoningEffort',
  safety_identifier: 'safetyIdentifier',
  service_tier: 'serviceTier',
  verbosity: 'textVerbosity',
}

/**
 * The request as settings of `generateText` and `streamText` (https://ai-sdk.dev/docs/ai-sdk-core/settings, read
 * 2026-11-24). A field that neither they nor the provider knows is passed on as a provider option; the provider drops it.
 */
export function toSettings(request: ChatRequest) {
  const { model: _, messages: __, stream: ___, stream_options: ____, n, ...fields } = request
  const { temperature, seed, max_tokens, top_p, top_k, stop, presence_penalty, frequency_penalty, ...rest } =
    fields
  const { tools, tool_choice, response_format, logprobs, top_logprobs, ...others } = rest
  const format = response_format as ResponseFormat | undefined
  const openai = definedOf({
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [providerNames[name] ?? name, value]),
    ),
    n,
    logprobs: top_logprobs ?? logprobs,
    strictJsonSchema: format?.json_schema?.strict,
  })
  return {
    messages: toModelMessages(request),
    // The roles of a wire request are its caller's own.
    allowSystemInMessages: true,
    ...definedOf({
      temperature,
      seed,
      maxOutputTokens: max_tokens,
      topP: top_p,
      topK: top_k,
      stopSequences: typeof stop === 'string' ? [stop] : stop,
      presencePenalty: presence_penalty,
      frequencyPenalty: frequency_penalty,
    }),
    ...(tools === undefined ? {} : { tools: toTools(tools as WireTool[]) }),
    ...(tool_choice === undefined ? {} : { toolChoice: toToolChoice(tool_choice as WireToolChoice) }),
    ...(format === undefined || format.type === 'text' ? {} : { output: toOutput(format) }),
    ...(Object.keys(openai).length === 0 ? {} : { providerOptions: { openai } }),
  }
}

interface WireTool {
  function: { name: string; description?: string; parameters?: object; strict?: boolean }
}
type WireToolChoice = 'auto' | 'none' | 'required' | { function: { name: string } }
interface ResponseFormat {
  type: string
  json_schema?: { name: string; description?: string; schema?: object; strict?: boolean }
}

/** Tools without `execute`: their calls are handed to the caller. */
function toTools(tools: readonly WireTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ function: { name, description, parameters = { type: 'object' }, strict } }) => [
      name,
      tool({ ...definedOf({ description, strict }), inputSchema: jsonSchema(parameters) }),
    ]),
  )
}

function toToolChoice(choice: WireToolChoice): ToolChoice<ToolSet> {
  return typeof choice === 'string' ? choice : { type: 'tool', toolName: choice.function.name }
}

/** Structured output (https://ai-sdk.dev/docs/ai-sdk-core/generating-structured-data, read 2026-11-24). */
function toOutput({ json_schema: { name, description, schema } = { name: '' } }: ResponseFormat) {
  const labels = definedOf({ name: name || undefined, description })
  return schema === undefined ? Output.json(labels) : Output.object({ schema: jsonSchema(schema), ...labels })
}
