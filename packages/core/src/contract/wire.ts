/**
 * OpenAI Chat Completions and Embeddings wire types, as every server and gateway speaks them.
 * Structural and open: a field that is not named here is passed on, and counts in the cache key.
 * Source: the OpenAI API reference, read 2026-11-23.
 */

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function'

/** One part of a message's content; text sits in `text`, anything else is opaque. */
export interface ContentPart {
  type: string
  text?: string
  [field: string]: unknown
}

export interface ToolCall {
  id: string
  type: string
  function?: { name: string; arguments: string; [field: string]: unknown }
  [field: string]: unknown
}

export interface ChatMessage {
  role: Role
  content?: string | ContentPart[] | null
  refusal?: string | null
  tool_calls?: ToolCall[]
  tool_call_id?: string
  name?: string
  [field: string]: unknown
}

export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  temperature?: number | null
  seed?: number | null
  n?: number | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; [field: string]: unknown } | null
  [field: string]: unknown
}

export interface Usage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { cached_tokens?: number; [field: string]: unknown } | null
  completion_tokens_details?: { reasoning_tokens?: number; [field: string]: unknown } | null
  [field: string]: unknown
}

export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  | 'function_call'
  | (string & {})

export interface ChatChoice {
  index: number
  message: ChatMessage
  finish_reason: FinishReason | null
  [field: string]: unknown
}

export interface ChatResponse {
  id: string
  object: string
  created: number
  model: string
  choices: ChatChoice[]
  usage?: Usage | null
  [field: string]: unknown
}

export interface ToolCallDelta {
  index: number
  id?: string
  type?: string
  function?: { name?: string; arguments?: string; [field: string]: unknown }
  [field: string]: unknown
}

export interface ChatDelta {
  role?: Role
  content?: string | null
  refusal?: string | null
  tool_calls?: ToolCallDelta[]
  [field: string]: unknown
}

export interface ChatChunkChoice {
  index: number
  delta: ChatDelta
  finish_reason?: FinishReason | null
  [field: string]: unknown
}

export interface ChatChunk {
  id: string
  object: string
  created: number
  model: string
  choices: ChatChunkChoice[]
  usage?: Usage | null
  [field: string]: unknown
}

export interface EmbedRequest {
  model: string
  input: string | string[]
  dimensions?: number
  encoding_format?: 'float' | 'base64'
  [field: string]: unknown
}

/** One vector: numbers when `encoding_format` is `float`, little-endian float32 in base64 when it is `base64`. */
export interface EmbeddingItem {
  object: string
  index: number
  embedding: number[] | string
  [field: string]: unknown
}

export interface EmbedResponse {
  object: string
  data: EmbeddingItem[]
  model: string
  usage: { prompt_tokens: number; total_tokens: number; [field: string]: unknown }
  [field: string]: unknown
}
