// oxlint-disable no-underscore-dangle -- LangChain's names
// Only here: guardrails round a chat model of any provider, as a runnable over messages.
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import type { BaseLanguageModelInput } from '@langchain/core/language_models/base'
import {
  AIMessage,
  AIMessageChunk,
  coerceMessageLikeToMessage,
  HumanMessage,
  type AIMessageChunkFields,
  type BaseMessage,
  type MessageContent,
  type UsageMetadata,
} from '@langchain/core/messages'
import { Runnable, type RunnableConfig } from '@langchain/core/runnables'
import {
  countVerdicts,
  createChunkAssembler,
  createStreamGate,
  defaultGuardrails,
  responseSubject,
  toBlockedError,
  type ChatChunk,
  type ChatDelta,
  type ChatMessage,
  type ChatRequest,
  type ChatResponse,
  type GuardrailPolicy,
  type MetricsCollector,
  type Role,
  type ToolCall,
  type Verdict,
} from '@plumbline/core'

import { hasChecks, runChecks } from './checks.ts'
import { guardInput, guardOutput, type GuardedInput } from './guardrails.ts'

export interface GuardedRunnableFields {
  model: BaseChatModel
  /** Default `defaultGuardrails()`. */
  policy?: GuardrailPolicy | undefined
  /** Counts what the rules find. */
  metrics?: MetricsCollector | undefined
}

/**
 * A chat model whose prompts and answers pass the guardrails, streams included:
 *
 *     const guarded = new GuardedRunnable({ model })
 *     await guarded.invoke('Write to ann@example.com')     // the model reads [EMAIL]
 *     for await (const chunk of await guarded.stream('Hello')) …
 *
 * Texts, refusals, tool arguments, and the reasoning and the sound that LangChain keeps beside the content are checked; reasoning blocks
 * and other content parts pass as they are. Rejects with `GuardrailBlockedError`. A `Runnable` subclass rather than a sequence of lambdas: leaving the loop closes the model's
 * stream (GRD-12), which a generator lambda leaves running.
 */
export class GuardedRunnable extends Runnable<BaseLanguageModelInput, AIMessage> {
  static override lc_name(): string {
    return 'GuardedRunnable'
  }
  override lc_namespace = ['plumbline', 'guardrails']
  readonly #model: BaseChatModel
  readonly #policy: GuardrailPolicy
  readonly #metrics: MetricsCollector | undefined

  constructor(fields: GuardedRunnableFields) {
    super()
    this.#model = fields.model
    this.#policy = fields.policy ?? defaultGuardrails()
    this.#metrics = fields.metrics
  }

  override async invoke(
    input: BaseLanguageModelInput,
    options?: Partial<RunnableConfig>,
  ): Promise<AIMessage> {
    const { messages, request, restorer } = await this.#guard(toMessages(input), options)
    const answer = await this.#model.invoke(messages, options)
    const verdicts: Verdict[] = []
    try {
      const context = { request, verdicts, signal: options?.signal }
      const raw = toResponse(answer)
      const guarded = await guardOutput(this.#policy, raw, context)
      const response = restorer?.restoreResponse(guarded) ?? guarded
      const message = response.choices[0]?.message
      if (message === undefined) return answer
      const changed = withTexts(answer, message)
      // They spell out what was replaced.
      if (guarded !== raw) delete changed.response_metadata['logprobs']
      return changed
    } finally {
      countVerdicts(this.#metrics, verdicts)
    }
  }

  override async *_streamIterator(
    input: BaseLanguageModelInput,
    options?: Partial<RunnableConfig>,
  ): AsyncGenerator<AIMessageChunk> {
    const { messages, request, restorer } = await this.#guard(toMessages(input), options)
    const putBack = restorer?.openStream()
    const gate = createStreamGate(this.#policy, request)
    const whole = createChunkAssembler()
    const held: AIMessageChunk[] = []
    const holdsAll = this.#policy.hold === 'all'
    const verdicts: Verdict[] = []
    const release = (released: AIMessageChunk, passed: ChatChunk[]): AIMessageChunk[] => {
      for (const chunk of passed) whole.add(chunk)
      const message = putBack
        ? withDeltas(
            released,
            passed.flatMap((chunk) => putBack.gateChunk(chunk)),
          )
        : released
      if (holdsAll) held.push(message)
      return holdsAll ? [] : [message]
    }
    try {
      // Not `stream()`, which reads ahead: closing it would wait for the chunk that is being read.
      for await (const message of this.#model._streamIterator(messages, options)) {
        const chunk = toChunk(message)
        const passed = gate.gateChunk(chunk)
        if (gate.blocked) throw toBlockedError(gate.blocked)
        const isSame = passed.length === 1 && passed[0] === chunk
        yield* release(isSame ? message : withDeltas(message, passed), passed)
      }
      for (const rest of gate.end()) yield* release(withDeltas(new AIMessageChunk(''), [rest]), [rest])
      if (gate.blocked) throw toBlockedError(gate.blocked)
      if (hasChecks(this.#policy, 'output')) {
        const subject = responseSubject(request, whole.response())
        await runChecks(this.#policy, subject, { verdicts, signal: options?.signal })
      }
      const rest = putBack?.end() ?? []
      if (rest.length > 0) held.push(withDeltas(new AIMessageChunk(''), rest))
      yield* held
    } finally {
      countVerdicts(this.#metrics, [...gate.verdicts, ...verdicts])
    }
  }

  async #guard(
    messages: BaseMessage[],
    options: Partial<RunnableConfig> | undefined,
  ): Promise<GuardedInput & { messages: BaseMessage[] }> {
    const request: ChatRequest = { model: '', messages: messages.map(toWire) }
    const verdicts: Verdict[] = []
    try {
      const guarded = await guardInput(this.#policy, request, { verdicts, signal: options?.signal })
      const changed = messages.map((message, index) => {
        const wire = guarded.request.messages[index]
        return wire === undefined || wire === request.messages[index] ? message : withTexts(message, wire)
      })
      return { ...guarded, messages: changed }
    } finally {
      countVerdicts(this.#metrics, verdicts)
    }
  }
}

function toMessages(input: BaseLanguageModelInput): BaseMessage[] {
  if (typeof input === 'string') return [new HumanMessage(input)]
  return Array.isArray(input) ? input.map(coerceMessageLikeToMessage) : input.toChatMessages()
}

const roles: Record<string, Role> = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
  function: 'function',
}

/** What LangChain keeps of an answer of the completions API in `additional_kwargs`, by the names that the wire has. */
function besideContent(fields: Record<string, unknown>): Record<string, unknown> {
  const { reasoning_content, audio } = fields
  return {
    ...(typeof reasoning_content === 'string' && { reasoning_content }),
    ...(typeof audio === 'object' && audio !== null && { audio }),
  }
}

/** The texts of a message where the guardrails look for them; the same content, tool calls as JSON. */
function toWire(message: BaseMessage): ChatMessage {
  const isAnswer = message instanceof AIMessage || message instanceof AIMessageChunk
  const { tool_calls = [], invalid_tool_calls = [] } = isAnswer ? message : {}
  const calls = [
    ...tool_calls.map(({ args, ...call }) => ({ ...call, text: JSON.stringify(args) })),
    // What LangChain could not parse holds text all the same.
    ...invalid_tool_calls.map(({ args = '', ...call }) => ({ ...call, text: args })),
  ]
  return {
    role: roles[message.getType()] ?? 'user',
    // Parts of all providers keep their text in `text`.
    content: message.content as NonNullable<ChatMessage['content']>,
    ...besideContent(message.additional_kwargs),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id = '', name = '', text }): ToolCall => {
        return { id, type: 'function', function: { name, arguments: text } }
      }),
    }),
  }
}

function toResponse(message: BaseMessage): ChatResponse {
  const choice = { index: 0, message: toWire(message), finish_reason: 'stop' }
  return { id: '', object: 'chat.completion', created: 0, model: '', choices: [choice] }
}

/** A message like `message` with the guarded texts; without the raw copies that LangChain keeps of them. */
function withTexts<Message extends BaseMessage>(message: Message, wire: ChatMessage): Message {
  const { additional_kwargs, response_metadata, ...fields } = Object.fromEntries(
    Object.entries(message).filter(([field]) => !field.startsWith('lc_')),
  )
  const { tool_calls: _, function_call: __, __raw_response: ___, ...kwargs } = additional_kwargs ?? {}
  const { length: parsed = 0 } = (fields['tool_calls'] ?? []) as unknown[] // As `toWire` found them.
  const all = (wire.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called?.name ?? '',
    text: called?.arguments ?? '',
  }))
  const calls = {
    tool_calls: all
      .slice(0, parsed)
      .map(({ text, ...call }) => ({ type: 'tool_call', ...call, args: JSON.parse(text || '{}') })),
    invalid_tool_calls: all
      .slice(parsed)
      .map(({ text, ...call }) => ({ type: 'invalid_tool_call', ...call, args: text })),
  }
  // The message's own class, as LangChain copies messages.
  const Class = message.constructor as new (fields: object) => Message
  return new Class({
    ...fields,
    additional_kwargs: { ...kwargs, ...besideContent(wire) },
    response_metadata: { ...response_metadata },
    content: wire.content ?? '',
    ...(all.length > 0 && calls),
  })
}

/** A streamed message where the gate looks for its texts. */
function toChunk(message: AIMessageChunk): ChatChunk {
  const delta: ChatDelta = besideContent(message.additional_kwargs)
  if (message.text !== '') delta.content = message.text
  if (message.tool_call_chunks?.length) {
    delta.tool_calls = message.tool_call_chunks.map(({ index = 0, id, name, args }) => ({
      index,
      ...(id && { id }),
      function: { ...(name && { name }), arguments: args ?? '' },
    }))
  }
  const finish_reason: unknown =
    message.response_metadata['finish_reason'] ?? message.response_metadata['stop_reason'] ?? null
  return {
    id: '',
    object: 'chat.completion.chunk',
    created: 0,
    model: '',
    choices: [{ index: 0, delta, finish_reason: typeof finish_reason === 'string' ? finish_reason : null }],
  }
}

/** A chunk like `message` with what the gate let through: perhaps nothing, but its usage and metadata. */
function withDeltas(message: AIMessageChunk, chunks: readonly ChatChunk[]): AIMessageChunk {
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
  const joined = createChunkAssembler()
  for (const chunk of chunks) joined.add(chunk)
  const text = deltas.map(({ content }) => content ?? '').join('')
  const others = Array.isArray(message.content) ? message.content.filter((part) => part.type !== 'text') : []
  const content: MessageContent = others.length === 0 ? text : [...others, { type: 'text', text }]
  const { id } = message
  // They spell out what has not passed.
  const { logprobs: _, ...response_metadata } = message.response_metadata
  const usage_metadata = message.usage_metadata as UsageMetadata | undefined
  const fields = {
    content,
    response_metadata,
    additional_kwargs: besideContent(joined.response().choices[0]?.message ?? {}),
    ...(id !== undefined && { id }),
    ...(usage_metadata && { usage_metadata }),
    tool_call_chunks: deltas.flatMap(({ tool_calls }) =>
      (tool_calls ?? []).map(({ index, id: callId, function: called }) => ({
        type: 'tool_call_chunk' as const,
        index,
        ...(callId && { id: callId }),
        ...(called?.name && { name: called.name }),
        args: called?.arguments ?? '',
      })),
    ),
  }
  // Its types give a chunk of unknown tools no usage at all.
  return new AIMessageChunk(fields as AIMessageChunkFields)
}
