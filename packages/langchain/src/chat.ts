// LangChain's seam for one wire request. Everything that surrounds the provider call happens inside it, so that one
// start and one end event fire per logical call, for native callers and the wire adapter alike.
// oxlint-disable no-underscore-dangle -- LangChain's names
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager'
import type { ChatModelStreamEvent } from '@langchain/core/language_models/event'
import { AIMessage, type BaseMessage, type BaseMessageChunk } from '@langchain/core/messages'
import { makeInvalidToolCall, parseToolCall } from '@langchain/core/output_parsers/openai_tools'
import type { ChatGeneration, ChatGenerationChunk, ChatResult } from '@langchain/core/outputs'
import { ChatOpenAICompletions, type ChatOpenAIFields, type OpenAIClient } from '@langchain/openai'
import {
  assertCacheTags,
  copyJson,
  CancelledError,
  replayAsChunks,
  systemClock,
  toPlumblineError,
  withoutUsage,
  type CacheMode,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type PlumblineError,
} from '@plumbline/core'

import { estimateMessages, labelsOf } from './call-facts.ts'
import { CallRun, runOption } from './call-run.ts'
import {
  joinFlight,
  leadsNext,
  prepare,
  type AnswerMember,
  type ChatCall,
  type Question,
  type Stages,
} from './answer.ts'
import { openDeadline } from './deadline.ts'
import { restoreChunks } from './guardrails.ts'
import { keepRequests } from './kept-requests.ts'
import { MetricsCallbackHandler } from './metrics.ts'
import { providerIdentity, providerOf, sdkOptionsOf, type SdkOptions } from './provider.ts'

type Options = ChatOpenAICompletions['ParsedCallOptions'] & { [runOption]?: CallRun }
type InvocationParams = ReturnType<ChatOpenAICompletions['invocationParams']>
type Streaming = OpenAIClient.Chat.ChatCompletionCreateParamsStreaming
type NonStreaming = OpenAIClient.Chat.ChatCompletionCreateParamsNonStreaming
type Completion = OpenAIClient.Chat.ChatCompletion
type CompletionChunk = OpenAIClient.Chat.ChatCompletionChunk
type GetClientOptions = ChatOpenAICompletions['_getClientOptions']
type RequestOptions = SdkOptions & { [runOption]?: CallRun }

/**
 * Chat Completions with the pipeline's stages around each call. Made to be handed to `ChatOpenAI` as `completions`, where it
 * survives `bindTools`, `withConfig` and `createAgent`; see `createChatModel`.
 */
export class PipelineCompletions extends ChatOpenAICompletions {
  readonly stages: Stages

  constructor(fields: ChatOpenAIFields, stages: Stages) {
    super(fields)
    this.stages = stages
  }

  /** A wire request brings its own parameters, which tracers then see as they are sent. */
  override invocationParams(options?: Options, extra?: { streaming?: boolean }): InvocationParams {
    const request = options?.[runOption]?.request
    if (request === undefined) return super.invocationParams(options, extra)
    const { messages: _, stream: __, ...params } = request
    // The wire types of `core` are open where the SDK's are closed: the same JSON. Likewise below.
    return params as unknown as InvocationParams
  }

  override getLsParams(options: Options): ReturnType<ChatOpenAICompletions['getLsParams']> {
    const params = super.getLsParams(options)
    const request = options[runOption]?.request
    return request ? { ...params, ls_model_name: request.model } : params
  }

  override _generate(
    messages: BaseMessage[],
    options: Options,
    manager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const { run, inner } = this.#begin(options, manager)
    // What reaches `completionWithRetry` from here is `options.options`.
    const handedOn = { ...inner, options: { ...options.options, [runOption]: run } }
    return super._generate(run.request ? [] : messages, handedOn, manager)
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: Options,
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { run, inner } = this.#begin(options, manager)
    yield* super._streamResponseChunks(run.request ? [] : messages, inner, manager)
  }

  override async *_streamChatModelEvents(
    messages: BaseMessage[],
    options: Options,
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatModelStreamEvent> {
    const { run, inner } = this.#begin(options, manager)
    yield* super._streamChatModelEvents(run.request ? [] : messages, inner, manager)
  }

  override completionWithRetry(
    request: Streaming,
    options?: RequestOptions,
  ): Promise<AsyncIterable<CompletionChunk>>
  override completionWithRetry(request: NonStreaming, options?: RequestOptions): Promise<Completion>
  override async completionWithRetry(
    request: Streaming | NonStreaming,
    options: RequestOptions = {},
  ): Promise<AsyncIterable<CompletionChunk> | Completion> {
    const run = options[runOption] ?? new CallRun({ context: { cache: 'bypass' } })
    const wire = run.request ?? (request as unknown as ChatRequest)
    run.model = wire.model
    run.stream = request.stream === true
    const sdkOptions = sdkOptionsOf(options)
    return run.stream
      ? (this.#stream(wire, run, sdkOptions) as AsyncIterable<unknown> as AsyncIterable<CompletionChunk>)
      : ((await this.#complete(wire, run, sdkOptions)) as unknown as Completion)
  }

  /**
   * As LangChain's, without its warning on the console (FLT-12): for an answer whose tool calls are all cut in the middle it
   * takes itself for an old version. They are in `invalid_tool_calls`, as ever.
   */
  protected override _convertCompletionsMessageToBaseMessage(
    message: OpenAIClient.Chat.ChatCompletionMessage,
    response: Completion,
  ): BaseMessage {
    const { tool_calls, ...rest } = message
    // Many servers say that there are none with a null.
    const calls = Array.isArray(tool_calls) ? tool_calls : []
    const errors = calls.map(parseErrorOf)
    if (calls.length === 0 || errors.includes(undefined)) {
      return super._convertCompletionsMessageToBaseMessage(message, response)
    }
    const converted = super._convertCompletionsMessageToBaseMessage(rest, response)
    if (AIMessage.isInstance(converted)) {
      converted.invalid_tool_calls = calls.map((call, index) =>
        makeInvalidToolCall({ ...call }, errors[index]),
      )
    }
    return converted
  }

  /** As LangChain's, which drops, with a line on the console, a content that comes in parts: their text is the message's (FLT-12). */
  protected override _convertCompletionsDeltaToBaseMessageChunk(
    // LangChain's own type of it.
    // oxlint-disable-next-line typescript/no-explicit-any
    delta: Record<string, any>,
    response: CompletionChunk,
    defaultRole?: OpenAIClient.Chat.ChatCompletionRole,
  ): BaseMessageChunk {
    const { content } = delta
    const text = Array.isArray(content)
      ? content.map((part) => (part?.type === 'text' ? String(part.text) : '')).join('')
      : content
    return super._convertCompletionsDeltaToBaseMessageChunk(
      { ...delta, content: text },
      response,
      defaultRole,
    )
  }

  /** LangChain fetches a tokenizer from the network for these two, whatever the deadline; the record has the provider's counts (FLT-06). */
  protected override _getEstimatedTokenCountFromPrompt(messages: BaseMessage[]): Promise<number> {
    return Promise.resolve(estimateMessages(messages, '', this.model).inputTokens)
  }

  /** Likewise. */
  protected override _getNumTokensFromGenerations(generations: ChatGeneration[]): Promise<number> {
    const answers = generations.map(({ text }) => estimateMessages([], text, this.model).outputTokens)
    return Promise.resolve(answers.reduce((sum, tokens) => sum + tokens, 0))
  }

  /** The run of this call: the wire adapter's, or a new one with what LangChain knows; and the options to hand on. */
  #begin(options: Options, manager: CallbackManagerForLLMRun | undefined): { run: CallRun; inner: Options } {
    const run = options[runOption] ?? new CallRun({ context: contextOf(manager, options.signal) })
    if (manager) {
      for (const handler of manager.handlers) {
        if (handler instanceof MetricsCallbackHandler) handler.attach(manager.runId, run)
      }
    }
    // Without the signal: LangChain ends a stream quietly on abort, ours rejects with what the abort was (STR-08).
    const { signal: _, ...inner } = options
    return { run, inner: { ...inner, [runOption]: run } }
  }

  async #complete(wire: ChatRequest, run: CallRun, sdkOptions: SdkOptions): Promise<ChatResponse> {
    const call = this.#open(run, sdkOptions)
    let member: AnswerMember | undefined
    try {
      const question = await prepare(wire, call)
      for (;;) {
        member = joinFlight(question, call)
        try {
          run.response = restored(await member.result(), question)
          break
        } catch (thrown) {
          if (!leadsNext(member, thrown, call)) throw thrown
        }
      }
      run.settle(member, wire, true)
      return run.response
    } catch (thrown) {
      throw this.#fail(thrown, wire, run, member)
    } finally {
      call.deadline.close()
    }
  }

  async *#stream(
    wire: ChatRequest,
    run: CallRun,
    sdkOptions: SdkOptions,
  ): AsyncGenerator<ChatChunk, void, undefined> {
    const { clock = systemClock } = this.stages
    // The wire adapter shows its caller what was asked for by itself.
    const showsUsage = run.request !== undefined || wire.stream_options?.include_usage === true
    const call = this.#open(run, sdkOptions)
    const { signal } = call.deadline
    let member: AnswerMember | undefined
    let isOver = false
    const abandon = async (reason: unknown): Promise<void> => {
      const error = this.#fail(reason, wire, run, member)
      await run.abandon(error)
    }
    // When nobody asks for the next chunk, LangChain does not notice.
    const onAbort = () => void abandon(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const question = await prepare(wire, call)
      for (let hasBegun = false; ;) {
        member = joinFlight(question, call)
        try {
          for await (const chunk of shownTo(question, member)) {
            hasBegun = true
            run.sawChunk(chunk, clock.monotonicMs())
            const shown = showsUsage ? chunk : withoutUsage(chunk)
            if (shown) yield shown
          }
          run.response = restored(await member.result(), question)
          break
        } catch (thrown) {
          if (hasBegun || !leadsNext(member, thrown, call)) throw thrown
        }
      }
      run.settle(member, wire, true)
      isOver = true
    } catch (thrown) {
      isOver = true
      throw this.#fail(thrown, wire, run, member)
    } finally {
      signal.removeEventListener('abort', onAbort)
      call.deadline.close()
      // A reader who leaves fires no event of LangChain's (MET-07).
      if (!isOver) await abandon(new CancelledError('The caller stopped reading the stream.'))
    }
  }

  override _getClientOptions(...options: Parameters<GetClientOptions>): ReturnType<GetClientOptions> {
    const isNew = this.client === undefined
    const clientOptions = super._getClientOptions(...options)
    if (isNew && typeof this.clientConfig.apiKey === 'string') keepRequests(this.client)
    return clientOptions
  }

  #open(run: CallRun, sdkOptions: SdkOptions): ChatCall {
    const { clock = systemClock, deadlineMs = 60_000, providerName } = this.stages
    const { signal, deadlineMs: limitMs = deadlineMs } = run.context
    // Makes `this.client`, which LangChain does at the first call.
    this._getClientOptions({})
    return {
      stages: this.stages,
      provider: providerOf(this.client),
      identity: providerIdentity(providerName, this.clientConfig.baseURL),
      run,
      deadline: openDeadline({ clock, limitMs, signal }),
      sdkOptions,
    }
  }

  /** Steps out of the flight and notes what it came to; the typed error with its attempts. */
  #fail(thrown: unknown, wire: ChatRequest, run: CallRun, member: AnswerMember | undefined): PlumblineError {
    const { clock = systemClock } = this.stages
    // One whom the flight itself failed was spared its cost; one who leaves before its end was not.
    const failedTogether = member?.hasEnded() ?? false
    member?.leave()
    if (member) run.settle(member, wire, failedTogether)
    const error = toPlumblineError(thrown, clock.now())
    error.attempts ??= member?.report.attempts ?? 0
    return error
  }
}

/** Why LangChain cannot parse a tool call; undefined when it can. */
function parseErrorOf(call: OpenAIClient.Chat.ChatCompletionMessageToolCall): string | undefined {
  try {
    // A copy has the index signature that LangChain's type asks for.
    parseToolCall({ ...call })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** An answer with what was taken out of this caller's request. */
function restored(response: ChatResponse, { restorer }: Question): ChatResponse {
  return restorer?.restoreResponse(response) ?? response
}

function shownTo({ restorer }: Question, member: AnswerMember): AsyncIterable<ChatChunk> {
  return restorer ? restoreChunks(restorer, replayed(member)) : replayed(member)
}

/** The chunks of a flight; of one that had none, a hit or an answer that another caller asked for as a whole, a replay. */
async function* replayed(member: AnswerMember): AsyncGenerator<ChatChunk, void, undefined> {
  let isStreamed = false
  for await (const chunk of member.chunks()) {
    isStreamed = true
    yield chunk
  }
  if (!isStreamed) yield* replayAsChunks(copyJson(await member.result()))
}

const cacheModes: readonly unknown[] = ['use', 'bypass', 'refresh'] satisfies CacheMode[]

/**
 * What a native caller says of its call: `tenant`, `endpoint`, `promptVersion`, `cache`, `cacheTtlMs` and `cacheTags` in LangChain's
 * `metadata`, the first three also as tags; see `labelsOf`.
 */
function contextOf(
  manager: CallbackManagerForLLMRun | undefined,
  signal: AbortSignal | undefined,
): CallContext {
  // Without a run nobody knows whose call it is: it must not share another tenant's answers (CAC-05).
  if (manager === undefined) return { signal, cache: 'bypass' }
  // `protected` in the types only: it is what handlers are handed as their metadata.
  const { metadata, tags } = manager as unknown as { metadata: Record<string, unknown>; tags?: string[] }
  const { cache, cacheTtlMs, cacheTags } = metadata
  assertTenant(metadata['tenant'])
  return {
    ...labelsOf(metadata, tags),
    signal,
    cache: cacheModes.includes(cache) ? (cache as CacheMode) : undefined,
    cacheTtlMs: Number.isFinite(cacheTtlMs) && Number(cacheTtlMs) > 0 ? Number(cacheTtlMs) : undefined,
    ...(cacheTags !== undefined && { cacheTags: tagsOf(cacheTags) }),
  }
}

/** Throws for what is no name: the call would share the answers of all that have no tenant (CAC-05). */
function assertTenant(tenant: unknown): void {
  if (tenant === undefined || tenant === null || ['string', 'number', 'bigint'].includes(typeof tenant))
    return
  throw new TypeError(`metadata.tenant must be a text or a number, not a ${typeof tenant}.`)
}

/** Throws for what are no tags: an answer that was kept without them could not be invalidated by them. */
function tagsOf(cacheTags: unknown): string[] {
  const tags = cacheTags as readonly string[] // Or not, as is found next.
  assertCacheTags(tags)
  return [...tags]
}
