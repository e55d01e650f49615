// Only here: guardrails round a client of one's own. In LangChain they are a runnable, and middleware.
import type { OpenAI } from 'openai'
import { Stream } from 'openai/core/streaming'

import {
  assertChatRequest,
  CancelledError,
  copyJson,
  countVerdicts,
  createChunkAssembler,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  type EmbedRequest,
  type GuardrailPolicy,
  type MetricsCollector,
} from '@plumbline/core'

import { AnswerPromise, answerOf, withRequestId, type Answer } from './answer-promise.ts'
import type { CheckContext } from './checks.ts'
import { helpersThrough } from './completion-helpers.ts'
import {
  guardInput,
  guardOutput,
  guardStream,
  guardTexts,
  restoreChunks,
  type GuardedInput,
} from './guardrails.ts'
import { override } from './override.ts'

export interface GuardedParts {
  policy: GuardrailPolicy
  clock: Clock
  /** Counts what the rules find. */
  metrics: MetricsCollector | undefined
}

/** A client whose `chat.completions.create` and `embeddings.create`, and what the SDK builds on them, pass the guardrails. */
export function guardClient<Client extends OpenAI>(client: Client, parts: GuardedParts): Client {
  const { completions } = client.chat
  const guarded: Client = override(client, {
    chat: override(client.chat, {
      completions: override(completions, {
        create: (body: ChatRequest, options?: OpenAI.RequestOptions) =>
          new AnswerPromise(client, askChat(client, parts, body, options)),
        ...helpersThrough(completions, () => guarded),
      }),
    }),
    embeddings: override(client.embeddings, {
      create: (body: EmbedRequest, options?: OpenAI.RequestOptions) =>
        new AnswerPromise(client, askVectors(client, parts, body, options)),
    }),
    withOptions: (options: Parameters<Client['withOptions']>[0]) =>
      guardClient(client.withOptions(options), parts),
  })
  return guarded
}

async function askChat(
  client: OpenAI,
  parts: GuardedParts,
  body: ChatRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  assertChatRequest(body)
  const context = contextOf(parts, options?.signal)
  const input = await guardInput(parts.policy, copyJson(body), context)
  // The wire types of `core` are open where the SDK's are closed: the same JSON. Likewise below.
  const sent = input.request as unknown as OpenAI.ChatCompletionCreateParams
  const { data, response } = await answerOf(client.chat.completions.create(sent, options))
  if (body.stream === true) return { data: guardChunks(data as Stream<ChatChunk>, parts, input), response }
  const { request, restorer } = input
  const passed = await guardOutput(parts.policy, data as ChatResponse, { ...context, request })
  return { data: withRequestId(restorer?.restoreResponse(passed) ?? passed, data), response }
}

async function askVectors(
  client: OpenAI,
  parts: GuardedParts,
  body: EmbedRequest,
  options?: OpenAI.RequestOptions,
): Promise<Answer> {
  const request = await guardTexts(parts.policy, copyJson(body), contextOf(parts, options?.signal))
  return answerOf(client.embeddings.create(request as unknown as OpenAI.EmbeddingCreateParams, options))
}

function contextOf(
  { clock, metrics }: GuardedParts,
  signal: AbortSignal | null | undefined = undefined,
): CheckContext {
  return {
    clock,
    signal: signal ?? new AbortController().signal,
    onVerdicts: (verdicts) => countVerdicts(metrics, verdicts),
  }
}

/** The stream as it may be seen, with the controller of the one that it reads. */
function guardChunks(
  source: Stream<ChatChunk>,
  parts: GuardedParts,
  { request, restorer }: GuardedInput,
): Stream<ChatChunk> {
  const { signal } = source.controller
  const aborted = new CancelledError('The stream was aborted.')
  async function* arriving(): AsyncGenerator<ChatChunk, void, undefined> {
    yield* source
    // The SDK's stream ends quietly on abort, and what the gate holds back by then is half a text.
    if (signal.aborted) throw aborted
  }
  async function* read(): AsyncGenerator<ChatChunk, void, undefined> {
    const context = { ...contextOf(parts, signal), request }
    const passed = guardStream(parts.policy, arriving(), createChunkAssembler(), context)
    try {
      yield* restorer ? restoreChunks(restorer, passed) : passed
    } catch (thrown) {
      if (thrown !== aborted && thrown !== signal.reason) throw thrown
    }
  }
  return new Stream(read, source.controller)
}
