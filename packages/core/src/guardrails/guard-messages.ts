import type {
  ChatMessage,
  ChatRequest,
  ChatResponse,
  ContentPart,
  EmbedRequest,
  ToolCall,
} from '../contract/wire.ts'
import { DETAIL_TEXTS } from '../stream/join-details.ts'
import type { CheckSubject, PlacedText } from './check.ts'
import { policyFor } from './define-policy.ts'
import { passText } from './guard-text.ts'
import type { BlockedBy, GuardrailPolicy, Verdict } from './policy.ts'
import type { Direction, TextPlace } from './rule.ts'
import { createTally } from './tally.ts'
import { createVault } from './vault.ts'
import { isObject } from '../contract/is-object.ts'

export interface GuardedRequest {
  /** The same object when nothing was redacted; meaningless when the request is blocked. */
  request: ChatRequest
  verdicts: Verdict[]
  blocked: BlockedBy | undefined
  /** With `restore`: what was redacted, by placeholder. Undefined when nothing is to be put back. */
  originals: ReadonlyMap<string, string> | undefined
}

export interface GuardedResponse {
  /** The same object when nothing was redacted; meaningless when the answer is blocked. */
  response: ChatResponse
  verdicts: Verdict[]
  blocked: BlockedBy | undefined
}

export interface GuardedEmbedRequest {
  /** The same object when nothing was redacted; meaningless when the request is blocked. */
  request: EmbedRequest
  verdicts: Verdict[]
  blocked: BlockedBy | undefined
}

/** What is done to one text: returns its replacement, the same string to leave it. */
type Visit = (text: string, where: { place: TextPlace; path: string; json: boolean }) => string

/** Message fields that are one string each, and the part that rules take them for. */
export const TEXT_FIELDS = [
  ['refusal', 'refusal'],
  // Not OpenAI's own, but what DeepSeek, vLLM and OpenRouter call the reasoning they return.
  ['reasoning_content', 'reasoning'],
  ['reasoning', 'reasoning'],
] as const

/**
 * Applies the input rules of `policy` to every text of a request: all messages, strings and content parts, tool-call
 * arguments, tool results, refusals, reasoning, transcripts and a predicted output. Never changes `request`.
 */
export function guardRequest(policy: GuardrailPolicy, request: ChatRequest): GuardedRequest {
  const tally = createTally(policy, 'input')
  walkRequest(request, (text) => {
    tally.addSize(text.length, text)
    return text
  })
  // Too long a request is not scanned at all.
  if (tally.isBlocked)
    return { request, verdicts: tally.verdicts, blocked: tally.blocked, originals: undefined }
  const vault = policy.restore ? createVault((placeholder) => holdsText(request, placeholder)) : undefined
  const guarded = walkRequest(request, (text, { place, path, json }) =>
    passText(policy, text, { place, path, tally, json, vault }),
  )
  const originals = vault && vault.originals.size > 0 ? vault.originals : undefined
  return { request: guarded, verdicts: tally.verdicts, blocked: tally.blocked, originals }
}

function holdsText(request: ChatRequest, wanted: string): boolean {
  let holds = false
  walkRequest(request, (text) => {
    holds ||= text.includes(wanted)
    return text
  })
  return holds
}

/**
 * Applies the output rules of `policy` to every text of an answer, in every choice. Token log-probabilities spell the
 * text out, so a choice that is redacted loses them. `request` is what the model was sent, for rules that ask for it. Never changes
 * `response`.
 */
export function guardResponse(
  policy: GuardrailPolicy,
  response: ChatResponse,
  request?: ChatRequest,
): GuardedResponse {
  const bound = policyFor(policy, request)
  const tally = createTally(bound, 'output')
  const guarded = mapResponseTexts(response, (text, { place, path, json }) => {
    tally.addSize(text.length)
    return passText(bound, text, { place, path, tally, json })
  })
  return { response: guarded, verdicts: tally.verdicts, blocked: tally.blocked }
}

/**
 * Applies the input rules of `policy` to the texts of an embedding request, each judged by itself, also for its
 * length. Token arrays are passed on as they are. Never changes `request`.
 */
export function guardEmbedRequest(policy: GuardrailPolicy, request: EmbedRequest): GuardedEmbedRequest {
  const tally = createTally(policy, 'input')
  const place: TextPlace = { direction: 'input', role: 'user', part: 'embedding' }
  const pass = (text: unknown, path: string): unknown => {
    if (typeof text !== 'string') return text
    tally.addText(text)
    return tally.isBlocked ? text : passText(policy, text, { place, path, tally })
  }
  const { input } = request
  const guarded = Array.isArray(input)
    ? mapSame<unknown>(input, (text, index) => pass(text, `input[${index}]`))
    : pass(input, 'input')
  // Each element is either what it was or a string for a string.
  const changed = guarded === input ? request : { ...request, input: guarded as EmbedRequest['input'] }
  return { request: changed, verdicts: tally.verdicts, blocked: tally.blocked }
}

/**
 * A copy of an answer with other texts; the same object when they are the same. Token log-probabilities go with a changed choice, and a
 * sound with a changed transcript unless `keepsSound`.
 */
export function mapResponseTexts(
  response: ChatResponse,
  visit: Visit,
  { keepsSound = false } = {},
): ChatResponse {
  const choices = mapSame(response.choices, (choice) => {
    const path = `choices[${choice.index}].message`
    const message = walkMessage(choice.message, 'output', path, visit, keepsSound)
    return message === choice.message ? choice : { ...choice, message, ...withoutLogprobs(choice) }
  })
  return choices === response.choices ? response : { ...response, choices }
}

/** A request as checks see it. */
export function requestSubject(request: ChatRequest): CheckSubject {
  const texts: PlacedText[] = []
  walkRequest(request, collectInto(texts))
  return { direction: 'input', texts, request, response: undefined }
}

/** The texts of an embedding request as checks see them. */
export function embedSubject({ input }: EmbedRequest): CheckSubject {
  const place: TextPlace = { direction: 'input', role: 'user', part: 'embedding' }
  const inputs: unknown[] = Array.isArray(input) ? input : [input]
  const texts = inputs.flatMap((text, index) =>
    typeof text === 'string'
      ? [{ text, place, path: Array.isArray(input) ? `input[${index}]` : 'input' }]
      : [],
  )
  return { direction: 'input', texts, request: undefined, response: undefined }
}

/** An answer as checks see it. */
export function responseSubject(request: ChatRequest, response: ChatResponse): CheckSubject {
  const texts: PlacedText[] = []
  for (const { index, message } of response.choices)
    walkMessage(message, 'output', `choices[${index}].message`, collectInto(texts))
  return { direction: 'output', texts, request, response }
}

function collectInto(texts: PlacedText[]): Visit {
  return (text, { place, path }) => {
    texts.push({ text, place, path })
    return text
  }
}

function walkRequest(request: ChatRequest, visit: Visit): ChatRequest {
  const messages = mapSame(request.messages, (message, index) =>
    walkMessage(message, 'input', `messages[${index}]`, visit),
  )
  const changes: Partial<ChatRequest> = {}
  if (messages !== request.messages) changes.messages = messages
  // A predicted output is text of the answer that the caller sends along; the application vouches for it as little
  // as for an earlier answer.
  const { prediction } = request
  if (isObject(prediction)) {
    const content = walkContent(
      prediction.content,
      { direction: 'input', role: 'assistant', part: 'content' },
      'prediction.content',
      visit,
    )
    if (content !== prediction.content) changes.prediction = { ...prediction, content }
  }
  return withChanges(request, changes)
}

function walkMessage(
  message: ChatMessage,
  direction: Direction,
  path: string,
  visit: Visit,
  keepsSound = false,
): ChatMessage {
  const { role } = message
  const changes: Record<string, unknown> = {}
  const content = walkContent(message.content, { direction, role, part: 'content' }, `${path}.content`, visit)
  if (content !== message.content) changes.content = content
  for (const [field, part] of TEXT_FIELDS) {
    const text = message[field]
    if (typeof text !== 'string') continue
    const guarded = visit(text, { place: { direction, role, part }, path: `${path}.${field}`, json: false })
    if (guarded !== text) changes[field] = guarded
  }
  const { reasoning_details, audio } = message
  if (Array.isArray(reasoning_details)) {
    const reasoning: TextPlace = { direction, role, part: 'reasoning' }
    const details = mapSame<unknown>(reasoning_details, (detail, index) =>
      walkDetail(detail, reasoning, `${path}.reasoning_details[${index}]`, visit),
    )
    if (details !== reasoning_details) changes['reasoning_details'] = details
  }
  const sound = walkAudio(audio, { direction, role, part: 'content' }, `${path}.audio`, visit, keepsSound)
  if (sound !== audio) changes['audio'] = sound
  const place: TextPlace = { direction, role, part: 'tool_arguments' }
  if (Array.isArray(message.tool_calls)) {
    const calls = mapSame(message.tool_calls, (call, index) =>
      walkToolCall(call, place, `${path}.tool_calls[${index}]`, visit),
    )
    if (calls !== message.tool_calls) changes.tool_calls = calls
  }
  // The form that tool calls had before November 2023.
  const legacy = walkArguments(message.function_call, 'arguments', place, `${path}.function_call`, visit)
  if (legacy !== message.function_call) changes.function_call = legacy
  return withChanges(message, changes)
}

function walkDetail(detail: unknown, place: TextPlace, path: string, visit: Visit): unknown {
  if (!isObject(detail)) return detail
  const changes: Record<string, unknown> = {}
  for (const field of DETAIL_TEXTS) {
    const text = detail[field]
    if (typeof text !== 'string') continue
    const guarded = visit(text, { place, path: `${path}.${field}`, json: false })
    if (guarded !== text) changes[field] = guarded
  }
  return withChanges(detail, changes)
}

function walkAudio(
  audio: unknown,
  place: TextPlace,
  path: string,
  visit: Visit,
  keepsSound: boolean,
): unknown {
  if (!isObject(audio) || typeof audio['transcript'] !== 'string') return audio
  const transcript = visit(audio['transcript'], { place, path: `${path}.transcript`, json: false })
  if (transcript === audio['transcript']) return audio
  // The sound still says what has been replaced.
  const { data: _, ...silent } = audio
  return { ...(keepsSound ? audio : silent), transcript }
}

function walkToolCall(call: ToolCall, place: TextPlace, path: string, visit: Visit): ToolCall {
  // What is none is the provider's to refuse.
  if (!isObject(call)) return call
  const changes: Record<string, unknown> = {}
  const called = walkArguments(call.function, 'arguments', place, `${path}.function`, visit)
  if (called !== call.function) changes.function = called
  // Custom tools take free text.
  const custom = walkArguments(call.custom, 'input', place, `${path}.custom`, visit)
  if (custom !== call.custom) changes.custom = custom
  return withChanges(call, changes)
}

function walkArguments(
  called: unknown,
  field: 'arguments' | 'input',
  place: TextPlace,
  path: string,
  visit: Visit,
): unknown {
  if (!isObject(called)) return called
  const text = called[field]
  if (typeof text !== 'string') return called
  const guarded = visit(text, { place, path: `${path}.${field}`, json: field === 'arguments' })
  return guarded === text ? called : { ...called, [field]: guarded }
}

function walkContent(content: unknown, place: TextPlace, path: string, visit: Visit): unknown {
  if (typeof content === 'string') return visit(content, { place, path, json: false })
  if (!Array.isArray(content)) return content
  return mapSame<ContentPart>(content, (part, index) => {
    if (!isObject(part)) return part
    const changes: Partial<ContentPart> = {}
    for (const field of ['text', 'refusal'] as const) {
      const text = part[field]
      if (typeof text !== 'string') continue
      const guarded = visit(text, {
        place: field === 'text' ? place : { ...place, part: 'refusal' },
        path: `${path}[${index}].${field}`,
        json: false,
      })
      if (guarded !== text) changes[field] = guarded
    }
    // Reasoning as Mistral's models return it, beside the text; see `createChunkGate`.
    const { thinking } = part
    const reasoning: TextPlace = { ...place, part: 'reasoning' }
    const guarded = walkContent(thinking, reasoning, `${path}[${index}].thinking`, visit)
    if (guarded !== thinking) changes['thinking'] = guarded
    return withChanges(part, changes)
  })
}

/** `{ logprobs: null }` for a choice that has some, which keeps the field where a reader looks for it. */
export function withoutLogprobs(choice: object): { logprobs?: null } {
  return 'logprobs' in choice ? { logprobs: null } : {}
}

/** A copy of `value` with the changes, or `value` itself when there are none. */
function withChanges<T extends object>(value: T, changes: object): T {
  return Object.keys(changes).length === 0 ? value : { ...value, ...changes }
}

/** The array of the results, or `items` itself when every result is its item. */
export function mapSame<T>(items: T[], map: (item: T, index: number) => T): T[] {
  let changed: T[] | undefined
  items.forEach((item, index) => {
    const result = map(item, index)
    if (result === item) return
    changed ??= [...items]
    changed[index] = result
  })
  return changed ?? items
}
