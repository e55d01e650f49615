import {
  assertChatResponse,
  copyJson,
  createChunkAssembler,
  estimateUsage,
  reservedUsage,
  TruncatedError,
  UpstreamError,
  usageFromWire,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChunkAssembler,
  type GuardrailPolicy,
  type StreamOptions,
  type UsageCount,
  type Verdict,
} from '@plumbline/core'

import type { Attempt } from './breaker.ts'
import type { BudgetHold, Budgets } from './budget.ts'
import { guardOutput, guardStream, type OutputContext } from './guardrails.ts'
import type { HeldLease } from './lease.ts'
import type { Provider } from './provider.ts'
import type { CachePlan, ResponseStore } from './response-cache.ts'
import { withFallbacks } from './fallback.ts'
import { withRetry, type RetryParts } from './retry.ts'
import { limitStream } from './stream-limits.ts'
import type { Waiting } from './single-flight.ts'

/** What is known of an answer while it is fetched and after: whoever pays for it, or is spared it, records from this. */
export interface AnswerFacts {
  fromCache: boolean
  /** Requests that have reached the provider. */
  attempts: number
  /** The fallback model that was asked last. */
  fallbackModel: string | undefined
  /** What has been received so far, before the output guardrails; undefined when nothing has. */
  received: () => ChatResponse | undefined
  verdicts: Verdict[]
}

export function noFacts(): AnswerFacts {
  return {
    fromCache: false,
    attempts: 0,
    fallbackModel: undefined,
    received: () => undefined,
    verdicts: [],
  }
}

/** The parts of a pipeline that an answer is made with. */
export interface AnswerParts extends RetryParts {
  budgets: Budgets | undefined
  provider: Provider
  guardrails: GuardrailPolicy | false
  cache: ResponseStore
  fallbackModels: readonly string[]
  streamOptions: StreamOptions
}

export interface AnswerQuery extends Waiting {
  tenant: string
  /** After redaction. */
  request: ChatRequest
  stream: boolean
  plan: CachePlan
  facts: AnswerFacts
}

/** A query on its way to the provider. */
interface AskedQuery extends AnswerQuery {
  hold: BudgetHold | undefined
}

/**
 * The middle of a call: cache look-up, budget, provider under one retry policy, output guardrails, cache store. Yields the guarded
 * chunks of a streamed answer, none for a whole or a cached one, and returns the guarded response.
 */
export async function* fetchAnswer(
  query: AnswerQuery,
  parts: AnswerParts,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { plan, facts } = query
  const { answer: cached, lease } = await parts.cache.lookUp(plan, query.signal)
  if (cached) {
    facts.fromCache = true
    facts.received = () => cached
    return cached
  }
  const asking = beginAsking(query, parts, lease)
  try {
    const asked: AskedQuery = { ...query, hold: asking.hold }
    const response = query.stream ? yield* streamAnswer(asked, parts) : await wholeAnswer(asked, parts)
    asking.keep(response)
    return response
  } finally {
    asking.end()
  }
}

/** What surrounds the asking of a provider: the budget, then the store and the lease. */
interface Asking {
  hold: BudgetHold | undefined
  /** Stores the answer, where it may be. */
  keep(response: ChatResponse): void
  /** Settles the budget and gives the lease back, however it went. */
  end(): void
}

/**
 * Begins what has to be ended. Not a part of `fetchAnswer`, whose hits then outlived the collections of young objects (Node 24.21): a third
 * of what a hit takes.
 */
function beginAsking(query: AnswerQuery, parts: AnswerParts, lease: HeldLease | undefined): Asking {
  const { facts, signal } = query
  // A hit has cost nothing by now, and asks for no budget.
  const hold = parts.budgets?.open(query.tenant)
  const settle = () => hold?.settle(usageOf(facts, query.request)?.usage)
  // Those who have left free the budget at once, however long the provider takes to notice.
  signal.addEventListener('abort', settle, { once: true })
  let stored: Promise<boolean> | undefined
  return {
    hold,
    keep(response) {
      // A fallback's answer is not what the first model would have said, and what a failed rule let pass is not guarded.
      const isGuarded = facts.verdicts.every(({ failure }) => failure === undefined)
      if (facts.fallbackModel === undefined && isGuarded) stored = parts.cache.write(query.plan, response)
    },
    end() {
      settle()
      if (lease) void releaseAfter(stored, lease, signal)
    },
  }
}

/** Those in other processes who wait find the answer; one of them fetches it for them where it was aborted; or each fetches it. */
async function releaseAfter(
  stored: Promise<boolean> | undefined,
  lease: HeldLease,
  signal: AbortSignal,
): Promise<void> {
  const isStored = await stored
  lease.release(isStored || signal.aborted ? 'free' : 'given up')
}

async function wholeAnswer(query: AskedQuery, parts: AnswerParts): Promise<ChatResponse> {
  const { facts, signal } = query
  const response = await ask(query, parts, async (request, attempt) => {
    const answer = await parts.provider.chat(request, signal)
    assertChatResponse(answer)
    attempt.succeeded()
    return answer
  })
  facts.received = () => response
  return guardOutput(parts.guardrails, response, outputContext(query, parts))
}

function streamAnswer(
  query: AskedQuery,
  parts: AnswerParts,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { facts, plan, signal } = query
  const received = createChunkAssembler(query.request)
  const guarded = createChunkAssembler()
  // What will be stored must not be the object that the caller gets; a shared flight makes copies by itself.
  const isKept = plan.writeKey !== undefined && plan.readKey === undefined
  const passed = isKept ? { ...guarded, add: (chunk: ChatChunk) => guarded.add(copyJson(chunk)) } : guarded
  facts.received = () => received.response()

  async function* receive(): AsyncGenerator<ChatChunk, void, undefined> {
    // An attempt ends with the first chunk: what has reached the caller is never asked for again.
    const { first, rest, attempt } = await ask(query, parts, async (request, entered) => {
      const chunks = limitStream((own) => parts.provider.stream(request, own), {
        options: parts.streamOptions,
        clock: parts.clock,
        signal,
      })
      const begun = await chunks.next()
      try {
        // Until here nothing has reached the caller: a stream that is none may be asked for again.
        if (!begun.done) assertChunk(begun.value)
      } catch (error) {
        await chunks.return?.()
        throw error
      }
      return { first: begun, rest: chunks, attempt: entered }
    })
    try {
      for (let step = first; !step.done; step = await rest.next()) {
        assertChunk(step.value)
        received.add(step.value)
        yield step.value
      }
      // The SDK ends an aborted stream as quietly as a truncated one.
      signal.throwIfAborted()
      assertComplete(received)
      attempt.succeeded()
    } catch (error) {
      attempt.failed(signal.aborted ? undefined : error)
      throw error
    } finally {
      // Of a reader who has left: it has not been told yet.
      attempt.failed(undefined)
      await rest.return?.()
    }
  }

  return guardStream(parts.guardrails, receive(), passed, outputContext(query, parts))
}

function outputContext({ request, facts, signal }: AnswerQuery, { clock }: AnswerParts): OutputContext {
  return { request, clock, signal, onVerdicts: (verdicts) => void facts.verdicts.push(...verdicts) }
}

/** One answer of the provider, or the beginning of one: from the model that was asked for or a fallback, under one retry policy. */
function ask<T>(
  { request, facts, signal, remainingMs, hold }: AskedQuery,
  parts: AnswerParts,
  send: (request: ChatRequest, attempt: Attempt) => Promise<T>,
): Promise<T> {
  return withFallbacks(
    async (asked) => {
      await hold?.reserve(asked.model, reservedUsage(asked, parts.budgets?.maxOutputTokens))
      return withRetry(
        (attempt) => {
          facts.attempts++
          return send(asked, attempt)
        },
        parts,
        { model: asked.model, isFallback: asked !== request, signal, remainingMs },
      )
    },
    {
      request,
      fallbackModels: parts.fallbackModels,
      clock: parts.clock,
      signal,
      onFallback: (model) => (facts.fallbackModel = model),
    },
  )
}

function assertComplete(received: ChunkAssembler): void {
  if (received.isComplete()) return
  throw new TruncatedError('The stream ended without a finish reason: what arrived is a part of an answer.')
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
): { usage: UsageCount; estimated: boolean } | undefined {
  const answer = received()
  if (answer === undefined) return undefined
  const usage = usageFromWire(answer.usage)
  if (usage !== undefined) return { usage, estimated: false }
  if (answer.choices.length === 0) return undefined
  return { usage: () => estimateUsage(request, answer), estimated: true }
}
