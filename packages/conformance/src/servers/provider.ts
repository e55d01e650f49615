import type { ChatMessage, ChatRequest, EmbedRequest, ToolCall, Usage } from '@plumbline/core'

import type { Answer, Step } from './answer.ts'
import type { Exchange } from './fault-server.ts'

/** One choice of a model's answer, without what the wire adds. */
export interface ReplyChoice {
  /** Default: no content. */
  text?: string
  /** The pieces that a stream sends; default the text cut after each space. Together they should be the text. */
  pieces?: string[]
  refusal?: string
  toolCalls?: ToolCall[]
  /** Default `stop`, or `tool_calls` with tool calls; null leaves the choice unfinished. */
  finishReason?: string | null
}

/** What the model says to one request, whichever way it is asked. */
export interface Reply extends ReplyChoice {
  /** More than one answer (`n`); replaces the single one. */
  choices?: ReplyChoice[]
  /** Default 10 input and 5 output tokens. `false`: the server reports none. */
  usage?: Partial<Usage> | false
  /** Default: the model that was asked for. */
  model?: string
  id?: string
  /** Steps before the pieces, between piece and piece, or after the last piece and before the finish reason. */
  beforeFirst?: Step[]
  between?: Step[]
  beforeFinish?: Step[]
  /** After the finish reason and the usage chunk, in place of `[DONE]`. */
  ending?: Step[]
  /** What OpenAI does when usage was asked for: `usage: null` on every other chunk. Default true. */
  nullUsage?: boolean
}

/** Seconds since the epoch in every answer, so that two servers give deep-equal ones: 2026-11-23T12:00:00Z. */
const createdAtSeconds = 1_795_435_200

const defaultUsage: Usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

/**
 * The answer of a well-behaved OpenAI-compatible server to this request: whole or streamed as it was asked for, with a usage
 * chunk only when `stream_options.include_usage` asks for one.
 */
export function chatAnswer(request: Exchange, reply: Reply): Answer {
  const body = chatBody(request)
  return body.stream === true ? streamedAnswer(body, reply) : wholeAnswer(body, reply)
}

/** The chat request that an exchange carried. */
export function chatBody(request: Exchange): ChatRequest {
  return request.body as ChatRequest // Every build sends one; a clause that doubts it looks at the journal.
}

/** The embedding request that an exchange carried, its input always as a list. */
export function embedBody(request: Exchange): EmbedRequest & { input: string[] } {
  const body = request.body as EmbedRequest // As above.
  return { ...body, input: typeof body.input === 'string' ? [body.input] : body.input }
}

/** Text of the last message, where that is a string. */
export function lastText(request: Exchange): string {
  const content = chatBody(request).messages.at(-1)?.content
  return typeof content === 'string' ? content : ''
}

function wholeAnswer(request: ChatRequest, reply: Reply): Answer {
  const choices = (reply.choices ?? [reply]).map((choice, index) => ({
    index,
    message: messageOf(choice),
    logprobs: null,
    finish_reason: finishOf(choice),
  }))
  const usage = usageOf(reply)
  const body = { ...envelope(request, reply, 'chat.completion'), choices, ...(usage ? { usage } : {}) }
  return {
    ...(reply.beforeFirst ? { before: reply.beforeFirst } : {}),
    steps: [{ text: JSON.stringify(body) }],
  }
}

function streamedAnswer(request: ChatRequest, reply: Reply): Answer {
  const head = envelope(request, reply, 'chat.completion.chunk')
  const usage = usageOf(reply)
  const wantsUsage = request.stream_options?.include_usage === true && usage !== undefined
  const chunk = (choices: unknown[]): Step => ({
    event: { ...head, choices, ...(wantsUsage && reply.nullUsage !== false ? { usage: null } : {}) },
  })
  const steps: Step[] = []
  for (const [index, choice] of (reply.choices ?? [reply]).entries()) {
    const delta = (value: unknown): Step =>
      chunk([{ index, delta: value, logprobs: null, finish_reason: null }])
    steps.push(delta({ role: 'assistant', content: choice.toolCalls ? null : '', refusal: null }))
    steps.push(...(reply.beforeFirst ?? []))
    for (const [position, piece] of pieces(choice).entries()) {
      if (position > 0) steps.push(...(reply.between ?? []))
      steps.push(delta(piece))
    }
    steps.push(...(reply.beforeFinish ?? []))
    const finishReason = finishOf(choice)
    if (finishReason !== null) {
      steps.push(chunk([{ index, delta: {}, logprobs: null, finish_reason: finishReason }]))
    }
  }
  if (wantsUsage) steps.push({ event: { ...head, choices: [], usage } })
  steps.push(...(reply.ending ?? [{ text: 'data: [DONE]\n\n' }]))
  return { headers: { 'content-type': 'text/event-stream' }, steps }
}

function envelope(request: ChatRequest, reply: Reply, object: string): Record<string, unknown> {
  return {
    id: reply.id ?? 'chatcmpl-1',
    object,
    created: createdAtSeconds,
    model: reply.model ?? request.model,
    system_fingerprint: 'fp_1',
  }
}

function messageOf({ text, refusal, toolCalls }: ReplyChoice): ChatMessage {
  return {
    role: 'assistant',
    content: text ?? null,
    refusal: refusal ?? null,
    ...(toolCalls ? { tool_calls: toolCalls } : {}),
  }
}

function finishOf({ finishReason, toolCalls }: ReplyChoice): string | null {
  return finishReason === undefined ? (toolCalls ? 'tool_calls' : 'stop') : finishReason
}

/** The deltas of one choice: text in pieces, a refusal whole, each tool call with its head first and its arguments in two halves. */
function pieces(choice: ReplyChoice): unknown[] {
  const texts = choice.pieces ?? choice.text?.match(/\S*\s?/g)?.filter((piece) => piece !== '') ?? []
  const deltas: unknown[] = texts.map((content) => ({ content }))
  if (choice.refusal !== undefined) deltas.push({ refusal: choice.refusal })
  for (const [index, call] of (choice.toolCalls ?? []).entries()) {
    const { name = '', arguments: whole = '' } = call.function ?? {}
    const middle = Math.ceil(whole.length / 2)
    deltas.push({ tool_calls: [{ index, id: call.id, type: call.type, function: { name, arguments: '' } }] })
    for (const part of [whole.slice(0, middle), whole.slice(middle)]) {
      if (part !== '') deltas.push({ tool_calls: [{ index, function: { arguments: part } }] })
    }
  }
  return deltas
}

function usageOf(reply: Reply): Usage | undefined {
  if (reply.usage === false) return undefined
  const usage = { ...defaultUsage, ...reply.usage }
  return {
    ...usage,
    total_tokens: reply.usage?.total_tokens ?? usage.prompt_tokens + usage.completion_tokens,
  }
}

/** One event of a streamed answer, for what `Reply` cannot say: a delta of one choice, with its finish reason where it is the last. */
export function deltaEvent(
  delta: Record<string, unknown>,
  { choice = 0, finishReason = null }: { choice?: number; finishReason?: string | null } = {},
): Step {
  return {
    event: {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: createdAtSeconds,
      model: 'gpt-4o',
      choices: [{ index: choice, delta, logprobs: null, finish_reason: finishReason }],
    },
  }
}

/** A streamed answer of these steps and `[DONE]`, without usage. */
export function eventStream(steps: Step[], options: Pick<Answer, 'before' | 'bytesPerWrite'> = {}): Answer {
  return {
    ...options,
    headers: { 'content-type': 'text/event-stream' },
    steps: [...steps, { text: 'data: [DONE]\n\n' }],
  }
}

/** The error body of an OpenAI-compatible server. */
export function errorAnswer(
  status: number,
  error: { message?: string; type?: string; code?: string | null } = {},
  headers: Record<string, string> = {},
): Answer {
  const { message = `Error ${status}`, type = 'server_error', code = null } = error
  return {
    status,
    headers,
    steps: [{ text: JSON.stringify({ error: { message, type, param: null, code } }) }],
  }
}

export interface EmbedReply {
  /** The vector of one text. Default `vectorOf`. */
  vector?: (text: string, request: EmbedRequest) => number[]
  /** Tokens of one text. Default: one for each character, so that each text has its own share. */
  tokens?: (text: string) => number
  /** Answer base64 although floats were asked for, or the other way round. Default: as asked, floats when not asked. */
  encoding?: 'float' | 'base64'
  before?: Step[]
}

/** The answer of a well-behaved server to an embedding request. */
export function embedAnswer(request: Exchange, reply: EmbedReply = {}): Answer {
  const body = embedBody(request)
  const { vector = vectorOf, tokens = (text: string) => text.length } = reply
  const encoding = reply.encoding ?? body.encoding_format ?? 'float'
  const data = body.input.map((text, index) => {
    const numbers = vector(text, body)
    const embedding =
      encoding === 'base64' ? Buffer.from(Float32Array.from(numbers).buffer).toString('base64') : numbers
    return { object: 'embedding', index, embedding }
  })
  const count = body.input.reduce((sum, text) => sum + tokens(text), 0)
  return {
    ...(reply.before ? { before: reply.before } : {}),
    steps: [
      {
        text: JSON.stringify({
          object: 'list',
          data,
          model: body.model,
          usage: { prompt_tokens: count, total_tokens: count },
        }),
      },
    ],
  }
}

/**
 * A vector that tells text, model and size apart: numbers in (-1, 1) that float32 cannot hold exactly, as a real
 * model's are in JSON. Deterministic.
 */
export function vectorOf(text: string, request: Pick<EmbedRequest, 'model' | 'dimensions'>): number[] {
  let state = 2_166_136_261
  const mix = (value: number): void => {
    state = Math.imul(state ^ value, 16_777_619) >>> 0
  }
  for (const character of `${request.model}|${request.dimensions ?? ''}|${text}`)
    mix(character.codePointAt(0) ?? 0)
  return Array.from({ length: request.dimensions ?? 8 }, (_, index) => {
    mix(index + 1)
    return (state / 4_294_967_296) * 2 - 1
  })
}

/** Answers chat and embedding requests alike: the usual script of a clause. */
export function provider(
  reply: Reply | ((request: Exchange) => Reply),
  embed: EmbedReply = {},
): (request: Exchange) => Answer {
  return (request) => {
    if (request.method === 'POST' && request.path.endsWith('/embeddings')) return embedAnswer(request, embed)
    if (request.path.endsWith('/models')) return { steps: [{ text: '{"object":"list","data":[]}' }] }
    // What comes by GET is a client that follows a redirect.
    if (request.method !== 'POST') return errorAnswer(404, { type: 'invalid_request_error' })
    return chatAnswer(request, typeof reply === 'function' ? reply(request) : reply)
  }
}
