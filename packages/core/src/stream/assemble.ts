import { copyJson } from '../contract/copy-json.ts'
import { UpstreamError } from '../contract/errors.ts'
import type {
  ChatChoice,
  ChatChunk,
  ChatDelta,
  ChatMessage,
  ChatRequest,
  ChatResponse,
  ContentPart,
  ToolCall,
  ToolCallDelta,
} from '../contract/wire.ts'
import { joinDetails } from './join-details.ts'
import { placeToolCall } from './place-tool-call.ts'
import { isObject } from '../contract/is-object.ts'

/** Joins the chunks of one streamed answer into the response that the same request would have got without streaming. */
export interface ChunkAssembler {
  add(chunk: ChatChunk): void
  /** What has arrived so far; a choice that did not end has `finish_reason: null`. */
  response(): ChatResponse
  /**
   * Whether as many choices arrived as were asked for, and every one that did has a finish reason: anything else is a truncated answer.
   * Fewer will do, but not none, where the usage chunk came, which is sent when all have ended: some servers know no `n`.
   */
  isComplete(): boolean
}

/** An assembler without chunks. `request` is what was asked; default one choice. */
export function createChunkAssembler(request?: Pick<ChatRequest, 'n'>): ChunkAssembler {
  let head: Omit<ChatChunk, 'choices' | 'usage'> | undefined
  let usage: ChatChunk['usage']
  let hasUsageChunk = false
  const choices = new Map<number, ChatChoice>()

  function add(chunk: ChatChunk): void {
    // Copies: the chunk goes on to a caller, who may change it. Azure begins with a chunk that has the results of its filter, and no id.
    const { choices: pieces, usage: counted, ...envelope } = chunk
    if (head === undefined || (head.id === '' && chunk.id)) head = { ...head, ...copyJson(envelope) }
    else addMissing(head, envelope)
    if (counted) {
      usage = copyJson(counted)
      hasUsageChunk ||= !pieces?.length
    }
    for (const { index, delta, finish_reason, ...rest } of pieces ?? []) {
      let choice = choices.get(index)
      if (choice === undefined) {
        choice = { index, message: { role: 'assistant', content: null, refusal: null }, finish_reason: null }
        choices.set(index, choice)
      }
      if (delta) addDelta(choice.message, delta)
      if (finish_reason) choice.finish_reason = finish_reason
      addFields(choice, rest)
    }
  }

  return {
    add,
    response: () => {
      return {
        ...(head ?? { id: '', created: 0, model: '' }),
        object: 'chat.completion',
        choices: [...choices.values()].sort((a, b) => a.index - b.index).map(withoutHoles),
        ...(usage ? { usage } : {}),
      } as ChatResponse // The envelope is the chunk's own, unknown fields included.
    },
    isComplete: () =>
      choices.size >= (hasUsageChunk ? 1 : (request?.n ?? 1)) &&
      [...choices.values()].every((choice) => choice.finish_reason !== null),
  }
}

function addDelta(message: ChatMessage, delta: ChatDelta): void {
  const { role, content, refusal, tool_calls, ...unknown } = delta
  if (role) message.role = role
  if (content != null) message.content = joinContents(message.content ?? '', content)
  if (refusal != null) message.refusal = (message.refusal ?? '') + refusal
  if (tool_calls != null) {
    if (!Array.isArray(tool_calls)) throw new UpstreamError('The provider sent tool calls that are no list.')
    for (const call of tool_calls) addToolCall((message.tool_calls ??= []), call)
  }
  for (const [field, value] of Object.entries(unknown)) {
    setOwn(message, field, joinField(field, own(message, field), value))
  }
}

function joinField(field: string, before: unknown, value: unknown): unknown {
  if (value === null) return latest(before, value)
  // Servers stream their own text fields (`reasoning_content`) like `content`: pieces to be joined.
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (field === 'reasoning_details' && Array.isArray(value)) return joinDetails(before, value)
  if (field === 'audio' && isObject(before) && isObject(value)) return joinAudio(before, value)
  // Sources (`annotations`) and images come one by one.
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  return value
}

/** Some fields come with a later chunk, or the last: Perplexity's `search_results` for one. */
function addMissing(head: Record<string, unknown>, envelope: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(envelope))
    if (value !== null && (own(head, field) ?? null) === null) setOwn(head, field, copyJson(value))
}

/** A sound with its next piece: its words are one text, its data is base64 by itself in each piece. */
function joinAudio(before: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  const joined = { ...before, ...next }
  const texts = (field: string): string[] =>
    [before[field], next[field]].filter((text) => typeof text === 'string')
  if (texts('transcript').length > 0) joined['transcript'] = texts('transcript').join('')
  const [first, second = ''] = texts('data')
  if (first !== undefined)
    joined['data'] = first.endsWith('=')
      ? Buffer.concat([first, second].map((data) => Buffer.from(data, 'base64'))).toString('base64')
      : first + second
  return joined
}

/** Content with its next piece: a text, or parts, as Mistral's models stream reasoning (https://github.com/braintrustdata/braintrust-sdk-javascript/issues/1857, read 2026-11-30). */
function joinContents(before: string | ContentPart[], next: unknown): string | ContentPart[] {
  if (typeof before === 'string' && typeof next === 'string') return before + next
  const parts = typeof before === 'string' ? toParts(before) : before
  // A copy: the chunk goes on to a caller, who may change it.
  for (const part of toParts(copyJson(next))) joinPart(parts, part)
  return parts
}

function toParts(content: unknown): ContentPart[] {
  if (content === '') return []
  const parts: unknown = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'object' && part !== null))
    throw new UpstreamError('The provider sent a content that is neither a text nor parts.')
  return parts // What is in them is the server's.
}

/** Pieces of a text, and of a reasoning, that follow each other are one part. */
function joinPart(parts: ContentPart[], part: ContentPart): void {
  const last = parts.at(-1)
  if (last?.type === part.type && typeof last.text === 'string' && typeof part.text === 'string') {
    last.text += part.text
  } else if (last?.type === part.type && last['thinking'] && part['thinking']) {
    last['thinking'] = joinContents(last['thinking'] as string | ContentPart[], part['thinking']) // Likewise.
  } else parts.push(part)
}

/** The value of an object's own field; what it inherits, `constructor` for one, is none of the server's. */
function own(target: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(target, field) ? target[field] : undefined
}

/** Sets a field of a server's choosing: an assignment to `__proto__` would change what the object inherits. */
function setOwn(target: Record<string, unknown>, field: string, value: unknown): void {
  Object.defineProperty(target, field, { value, writable: true, enumerable: true, configurable: true })
}

/** Far above any number of parallel calls: a list of 1e9 holes takes its time. */
const maxToolCalls = 10_000

/** Pieces of one call share its `index`; a call's id, type and name come once, its arguments in pieces. */
function addToolCall(calls: ToolCall[], piece: ToolCallDelta): void {
  const index = placeToolCall(piece, { count: calls.length, lastId: calls.at(-1)?.id })
  // `calls['__proto__']` is what every array inherits: the server would write into it.
  if (!Number.isInteger(index) || index < 0 || index >= maxToolCalls)
    throw new UpstreamError('The provider sent a tool call whose index is no number of one.')
  const call = (calls[index] ??= { id: '', type: 'function' })
  const { index: _, id, type, function: called, custom, ...unknown } = piece
  if (id) call.id = id
  if (type) call.type = type
  if (called) {
    call.function ??= { name: '', arguments: '' }
    call.function.name += called.name ?? ''
    call.function.arguments += called.arguments ?? ''
  }
  if (isObject(custom)) call['custom'] = joinCustom(call['custom'], custom)
  for (const [field, value] of Object.entries(unknown)) setOwn(call, field, latest(own(call, field), value))
}

/** The call of a custom tool, whose input is free text in pieces. */
function joinCustom(before: unknown, next: Record<string, unknown>): Record<string, unknown> {
  if (!isObject(before)) return next
  const text = (field: string): string => `${before[field] ?? ''}${next[field] ?? ''}`
  return { ...before, ...next, name: text('name'), input: text('input') }
}

function addFields(choice: ChatChoice, rest: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(rest)) {
    const before = own(choice, field)
    const isJoined = isObject(before) && isObject(value)
    setOwn(choice, field, isJoined ? concatLists(before, value) : latest(before, value))
  }
}

/** A null says nothing: the chunk with the finish reason has `logprobs: null`. */
function latest(before: unknown, value: unknown): unknown {
  return value === null && before !== undefined ? before : value
}

function concatLists(
  before: Record<string, unknown>,
  next: Record<string, unknown>,
): Record<string, unknown> {
  const joined = { ...before }
  for (const [field, value] of Object.entries(next)) {
    const list = own(joined, field)
    setOwn(joined, field, Array.isArray(list) && Array.isArray(value) ? [...list, ...value] : (value ?? list))
  }
  return joined
}

/** A server may number parallel tool calls with gaps; a response has none. */
function withoutHoles(choice: ChatChoice): ChatChoice {
  const { tool_calls } = choice.message
  if (tool_calls === undefined) return choice
  return {
    ...choice,
    message: { ...choice.message, tool_calls: tool_calls.filter((call) => call !== undefined) },
  }
}
