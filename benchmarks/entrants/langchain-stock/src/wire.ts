import type { ChatChunk, ChatDelta, ChatRequest, ChatResponse, ToolCall, Usage } from '@plumbline/core'
import type { BaseMessage, UsageMetadata } from '@langchain/core/messages'
import { AIMessage, AIMessageChunk } from '@langchain/core/messages'

/** LangChain keeps no `created`; one and the same number leaves equal answers equal. */
const created = 0

/** Messages, one for each choice, as the wire has them. */
export function toResponse(request: ChatRequest, messages: readonly BaseMessage[]): ChatResponse {
  const [first] = messages
  const usage = messages.map(usageOf).find((counted) => counted !== undefined)
  const metadata = first?.response_metadata ?? {}
  return {
    id: first?.id ?? '',
    object: 'chat.completion',
    created,
    model: textOr(metadata.model_name, request.model),
    choices: messages.map((message, index) => {
      const toolCalls = toToolCalls(message)
      return {
        index,
        message: {
          role: 'assistant',
          content: contentOf(message, toolCalls !== undefined),
          ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
        },
        finish_reason: textOr(message.response_metadata.finish_reason, null),
      }
    }),
    ...(usage === undefined ? {} : { usage }),
    ...('system_fingerprint' in metadata ? { system_fingerprint: metadata.system_fingerprint } : {}),
  }
}

/** One chunk as the wire has it; undefined for a chunk of usage that the caller did not ask for. */
export function toChunk(
  request: ChatRequest,
  chunk: AIMessageChunk,
  isFirst: boolean,
): ChatChunk | undefined {
  const { response_metadata: metadata } = chunk
  const head = {
    id: chunk.id ?? '',
    object: 'chat.completion.chunk',
    created,
    model: textOr(metadata.model_name, request.model),
  }
  if (chunk.usage_metadata !== undefined) {
    const asked = request.stream_options?.include_usage === true
    const usage = sentUsage(chunk) ?? toUsage(chunk.usage_metadata) ?? null
    return asked ? { ...head, choices: [], usage } : undefined
  }
  const delta: ChatDelta = {
    ...(isFirst ? { role: 'assistant' as const } : {}),
    ...(chunk.text === '' ? {} : { content: chunk.text }),
    ...(chunk.tool_call_chunks?.length ? { tool_calls: chunk.tool_call_chunks.map(toToolCallDelta) } : {}),
  }
  return {
    ...head,
    choices: [{ index: choiceOf(chunk), delta, finish_reason: textOr(metadata.finish_reason, null) }],
  }
}

/** The choice that a chunk belongs to: LangChain calls it `completion`. */
export function choiceOf(chunk: AIMessageChunk): number {
  const { completion } = chunk.response_metadata
  return typeof completion === 'number' ? completion : 0
}

function contentOf(message: BaseMessage, hasToolCalls: boolean): string | null {
  return message.text === '' && hasToolCalls ? null : message.text
}

/** Tool calls with their arguments as the provider wrote them: LangChain keeps those beside the parsed ones. */
function toToolCalls(message: BaseMessage): ToolCall[] | undefined {
  if (AIMessageChunk.isInstance(message)) return joinedToolCalls(message)
  const raw: unknown = message.additional_kwargs.tool_calls
  if (Array.isArray(raw) && raw.length > 0) return raw
  if (!AIMessage.isInstance(message) || !message.tool_calls?.length) return undefined
  return message.tool_calls.map(({ id = '', name, args }) => toToolCall(id, name, JSON.stringify(args)))
}

/** Of chunks that were added up: `concat` joins the pieces of one index, in the order of arrival, and keeps the index. */
function joinedToolCalls({ tool_call_chunks: chunks = [] }: AIMessageChunk): ToolCall[] | undefined {
  return chunks.length === 0
    ? undefined
    : chunks
        .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
        .map(({ id = '', name = '', args = '' }) => toToolCall(id, name, args))
}

function toToolCall(id: string, name: string, args: string): ToolCall {
  return { id, type: 'function', function: { name, arguments: args } }
}

type ToolCallChunk = NonNullable<AIMessageChunk['tool_call_chunks']>[number]

function toToolCallDelta({ index = 0, id, name, args }: ToolCallChunk) {
  return {
    index,
    ...(id === undefined ? {} : { id, type: 'function' }),
    function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
  }
}

function usageOf(message: BaseMessage): Usage | undefined {
  // Of chunks that were added up, the provider's own counts may be added up too.
  if (AIMessageChunk.isInstance(message)) return toUsage(message.usage_metadata)
  return sentUsage(message) ?? (AIMessage.isInstance(message) ? toUsage(message.usage_metadata) : undefined)
}

/**
 * https://js.langchain.com/docs/how_to/chat_token_usage_tracking/, "Using AIMessage.response_metadata" (read 2026-11-24): the usage
 * as the provider sent it, which a hit keeps, though it zeroes `usage_metadata`. Undefined where the provider sent none.
 */
function sentUsage({ response_metadata }: BaseMessage): Usage | undefined {
  // As `ChatOpenAI` fills it; a provider that sent none leaves an object without counts.
  const usage = response_metadata.usage as Usage | undefined
  return usage?.prompt_tokens === undefined ? undefined : structuredClone(usage)
}

/**
 * https://docs.langchain.com/oss/javascript/langchain/messages, "Token usage" (read 2026-11-24): `usage_metadata`. An object
 * without counts is a provider that sent none.
 */
function toUsage(counted: UsageMetadata | undefined): Usage | undefined {
  if (counted?.input_tokens === undefined) return undefined
  const { input_token_details: input, output_token_details: output } = counted
  return {
    prompt_tokens: counted.input_tokens,
    completion_tokens: counted.output_tokens,
    total_tokens: counted.total_tokens,
    ...(input?.cache_read === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: input.cache_read } }),
    ...(output?.reasoning === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: output.reasoning } }),
  }
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise
}
