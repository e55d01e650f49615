import {
  assertChatResponse,
  createChunkAssembler,
  estimateUsage,
  TruncatedError,
  UpstreamError,
  usageFromWire,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  type GuardrailPolicy,
  type RetryOptions,
  type StreamOptions,
  type TokenUsage,
  type Verdict,
} from '@plumbline/core'

import { guardOutput, guardStream } from './guardrails.ts'
import type { Provider } from './provider.ts'
import type { CachePlan, ResponseStore } from './response-cache.ts'
import { withRetry } from './retry.ts'
import { limitStream } from './stream-limits.ts'
import type { Waiting } from './single-flight.ts'

/** What is known of an answer while it is fetched and after: whoever pays for it, or is spared it, records from this. */
export interface AnswerFacts {
  fromCache: boolean
  /** Requests that have reached the provider. */
  attempts: number
  /** What has been received so far, before the output guardrails; undefined when nothing has. */
  received: () => ChatResponse | undefined
  verdicts: Verdict[]
}

export function noFacts(): AnswerFacts {
  return { fromCache: false, attempts: 0, received: () => undefined, verdicts: [] }
}

/** The parts of a pipeline that an answer is made with. */
export interface AnswerParts {
  provider: Provider
  guardrails: GuardrailPolicy | false
  cache: ResponseStore
  retry: RetryOptions
  streamOptions: StreamOptions
  clock: Clock
  random: () => number
}

export interface AnswerQuery extends Waiting {
  /** After redaction. */
  request: ChatRequest
  stream: boolean
  plan: CachePlan
  facts: AnswerFacts
}

/**
 * The middle of a call: cache look-up, provider under one retry policy, output guardrails, cache store. Yields the guarded
 * chunks of a streamed answer, none for a whole or a cached one, and returns the guarded response.
 */
export async function* fetchAnswer(
  query: AnswerQuery,
  parts: AnswerParts,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { plan, facts } = query
  const cached = plan.readKey === undefined ? undefined : await parts.cache.read(plan.readKey)
  if (cached) {
    facts.fromCache = true
    facts.received = () => cached
    return cached
  }
  const response = query.stream ? yield* streamAnswer(query, parts) : await wholeAnswer(query, parts)
  parts.cache.write(plan, response)
  return response
}

async function wholeAnswer(query: AnswerQuery, parts: AnswerParts): Promise<ChatResponse> {
  const { request, facts, signal } = query
  const response = await withRetry(
    async (attempt) => {
      facts.attempts = attempt
      const answer = await parts.provider.chat(request, signal)
      assertChatResponse(answer)
      return answer
    },
    retryContext(query, parts),
  )
  facts.received = () => response
  return guardOutput(parts.guardrails, response, (verdicts) => facts.verdicts.push(...verdicts))
}

async function* streamAnswer(
  query: AnswerQuery,
  parts: AnswerParts,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { request, facts, plan, signal } = query
  const received = createChunkAssembler()
  const guarded = createChunkAssembler()
  // What will be stored must not be the object that the caller gets; a shared flight makes copies by itself.
  const isKept = plan.writeKey !== undefined && plan.readKey === undefined
  facts.received = () => received.response()

  async function* receive(): AsyncGenerator<ChatChunk, void, undefined> {
    // An attempt ends with the first chunk: what has reached the caller is never asked for again.
    const { first, rest } = await withRetry(
      async (attempt) => {
        facts.attempts = attempt
        const chunks = limitStream((own) => parts.provider.stream(request, own), {
          options: parts.streamOptions,
          clock: parts.clock,
          signal,
        })
        return { first: await chunks.next(), rest: chunks }
      },
      retryContext(query, parts),
    )
    try {
      for (let step = first; !step.done; step = await rest.next()) {
        assertChunk(step.value)
        received.add(step.value)
        yield step.value
      }
    } finally {
      await rest.return?.()
    }
    // The SDK ends an aborted stream as quietly as a truncated one.
    signal.throwIfAborted()
    if (!received.isComplete()) {
      throw new TruncatedError(
        'The stream ended without a finish reason: what arrived is a part of an answer.',
      )
    }
  }

  for await (const chunk of guardStream(parts.guardrails, receive(), (found) =>
    facts.verdicts.push(...found),
  )) {
    guarded.add(chunk)
    yield isKept ? structuredClone(chunk) : chunk
  }
  return guarded.response()
}

function assertChunk(chunk: ChatChunk): void {
  // The types say so, the provider may not.
  if (typeof chunk === 'object' && chunk !== null && Array.isArray(chunk.choices)) return
  throw new UpstreamError('The provider sent an event in its stream that is no chunk: it has no choices.')
}

/**
 * What the provider has counted for this answer so far; an estimate, flagged, where it has sent content and no counts.
 * Undefined where it has sent nothing.
 */
export function usageOf(
  { received }: AnswerFacts,
  request: ChatRequest,
): { usage: TokenUsage; estimated: boolean } | undefined {
  const answer = received()
  if (answer === undefined) return undefined
  const usage = usageFromWire(answer.usage)
  if (usage !== undefined) return { usage, estimated: false }
  if (answer.choices.length === 0) return undefined
  return { usage: estimateUsage(request, answer), estimated: true }
}

function retryContext({ signal, remainingMs }: AnswerQuery, { retry, clock, random }: AnswerParts) {
  return { options: retry, clock, random, signal, remainingMs }
}
