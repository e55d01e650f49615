import {
  assertChatResponse,
  copyJson,
  createChunkAssembler,
  reservedUsage,
  systemClock,
  toPlumblineError,
  TruncatedError,
  UpstreamError,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChunkAssembler,
  type Clock,
  type GuardrailPolicy,
  type Restorer,
  type RetryBudget,
  type RetryOptions,
  type StreamOptions,
} from '@plumbline/core'

import type { Attempt, CircuitBreakers } from './breaker.ts'
import type { BudgetHold, TenantBudgets } from './budget.ts'
import { createProviderReport, providerUsage, type CallRun, type ProviderReport } from './call-run.ts'
import { untilAborted, type Deadline } from './deadline.ts'
import { askWithFallbacks } from './fallback.ts'
import { guardInput, guardOutput, guardStream, type GuardedInput } from './guardrails.ts'
import type { Lease } from './lease.ts'
import type { MetricsCallbackHandler } from './metrics.ts'
import type { Provider, SdkOptions } from './provider.ts'
import type { CachePlan, ResponseStore } from './response-cache.ts'
import { withRetries } from './retry.ts'
import { limitStream } from './stream-limits.ts'
import { Flight, type FlightMember } from './single-flight.ts'

/** What surrounds the provider call; what is left out is not there. */
export interface Stages {
  metrics?: MetricsCallbackHandler | undefined
  guardrails?: GuardrailPolicy | undefined
  cache?: ResponseStore | undefined
  /** Needs the tenant in the run's metadata. */
  budgets?: TenantBudgets | undefined
  retry?: RetryOptions | undefined
  /** Shared by all calls that draw on it. */
  retryBudget?: RetryBudget | undefined
  breakers?: CircuitBreakers | undefined
  /** Models of the same provider, asked in turn when the first is at its end. */
  fallbackModels?: readonly string[] | undefined
  /** Limits of a silent stream. */
  streamOptions?: StreamOptions | undefined
  /** Of a call that does not set its own, in ms. Default 60,000. */
  deadlineMs?: number | undefined
  /** Refuses models without a price card. Needs `metrics`. Default false. */
  strictPrices?: boolean | undefined
  /** The provider's name in cache keys. Default `openai`. */
  providerName?: string | undefined
  clock?: Clock | undefined
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: (() => number) | undefined
}

/** A provider call in flight, and a place in one. */
export type AnswerFlight = Flight<ChatResponse, ProviderReport>
export type AnswerMember = FlightMember<ChatResponse, ProviderReport>

/** One call on its way to the provider. */
export interface ChatCall {
  stages: Stages
  provider: Provider
  /** See `providerIdentity`. */
  identity: string
  run: CallRun
  deadline: Deadline
  sdkOptions: SdkOptions
}

/** A call whose answer was not in the cache. */
interface AskedCall extends ChatCall {
  hold: BudgetHold | undefined
}

/** What is asked of a flight: `request` is the guarded one. */
export interface Question {
  request: ChatRequest
  /** This caller's own; no part of the flight. */
  restorer?: Restorer | undefined
  plan: CachePlan
}

/** The way of one call before its flight: prices, input guardrails, cache plan. Nothing has been sent by then. */
export async function prepare(wire: ChatRequest, call: ChatCall): Promise<Question> {
  const { stages, run, identity } = call
  const { guardrails, cache, clock, fallbackModels = [] } = stages
  if (stages.strictPrices) {
    for (const model of [wire.model, ...fallbackModels]) await stages.metrics?.assertPriced(model)
  }
  const { signal } = call.deadline
  const options = { verdicts: run.verdicts, signal, clock }
  const guarded: GuardedInput = guardrails ? await guardInput(guardrails, wire, options) : { request: wire }
  const { request } = guarded
  const scope = {
    tenant: run.context.tenant ?? 'default',
    tags: run.context.cacheTags,
    provider: identity,
    policyFingerprint: guardrails?.fingerprint ?? 'none',
  }
  const planned = cache?.plan(request, scope, run.context) ?? { status: 'off' as const }
  // Most often it need not be waited for.
  const plan: CachePlan = planned instanceof Promise ? await untilAborted(planned, signal) : planned
  // What a failed rule let pass is not guarded: its answer is for this caller alone.
  const isJudged = run.verdicts.every(({ failure }) => failure === undefined)
  if (!isJudged) delete plan.writeKey
  run.cacheStatus = plan.status
  return { ...guarded, plan }
}

/** A place among those who wait for the answer. */
export function joinFlight({ request, plan }: Question, call: ChatCall): AnswerMember {
  const { cache } = call.stages
  const { deadline } = call
  // Whoever has left meanwhile takes no place, since nobody would give it up.
  deadline.signal.throwIfAborted()
  const work = (flight: AnswerFlight) => answer(flight, request, plan, call)
  const report = createProviderReport()
  const { flightKey } = plan
  const maxKeptBytes = cache?.maxEntryBytes ?? Infinity
  if (cache === undefined || flightKey === undefined) {
    // What is stored after a `refresh` must be what came, whatever the caller does with its chunks.
    const isStored = plan.writeKey !== undefined
    return new Flight(work, isStored ? { report, onShut() {}, maxKeptBytes } : { report }).join(deadline)
  }
  let flight = cache.inFlight.get(flightKey)
  if (flight === undefined) {
    // Its key may belong to another one by then.
    const onShut = () => cache.inFlight.get(flightKey) === started && cache.inFlight.delete(flightKey)
    const started = new Flight(work, { report, onShut, maxKeptBytes })
    flight = started
    cache.inFlight.set(flightKey, flight)
  }
  return flight.join(deadline)
}

/**
 * Whether a caller joins again after its flight has failed: the first who does leads the others. The one who would have paid is
 * the one who fails. Only for those whom nothing of an answer has reached.
 */
export function leadsNext(member: AnswerMember, thrown: unknown, { stages }: ChatCall): boolean {
  const { cache, clock = systemClock } = stages
  if (cache?.onLeaderFailure !== 'next-leads' || !member.hasEnded() || member.pays()) return false
  return toPlumblineError(thrown, clock.now()).retryable
}

/** The work of one flight: cache, budget, provider, output guardrails, cache. */
async function* answer(
  flight: AnswerFlight,
  request: ChatRequest,
  plan: CachePlan,
  call: ChatCall,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { cache } = call.stages
  const { stored, lease } = (await cache?.lookUp(plan, flight.signal)) ?? {}
  if (stored) {
    flight.report.cached = true
    return stored
  }
  // A hit has cost nothing by now, and asks for no budget.
  const hold = call.stages.budgets?.open(call.run.context.tenant)
  const settle = () => hold?.settle(providerUsage(flight.report, request).usage)
  // Those who have left free the budget at once, however long the provider takes to notice.
  flight.signal.addEventListener('abort', settle, { once: true })
  let written: Promise<boolean> | undefined
  try {
    const asked: AskedCall = { ...call, hold }
    const response = call.run.stream
      ? yield* stream(flight, request, asked)
      : await complete(flight, request, asked)
    // A fallback's answer is not what the first model would have said, and what a failed rule let pass is not guarded.
    const { fallbackModel, verdicts } = flight.report
    const isGuarded = verdicts.every(({ failure }) => failure === undefined)
    if (fallbackModel === undefined && isGuarded) written = cache?.write(plan, response)
    return response
  } finally {
    settle()
    if (lease) void releaseAfter(written, lease, flight.signal)
  }
}

/** Those in other processes who wait find the answer; one of them fetches it for them where it was aborted; or each fetches it. */
async function releaseAfter(
  written: Promise<boolean> | undefined,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const isStored = await written
  lease.release(isStored || signal.aborted ? 'free' : 'given up')
}

async function complete(flight: AnswerFlight, request: ChatRequest, call: AskedCall): Promise<ChatResponse> {
  const { report, signal } = flight
  const response = await ask(flight, request, call, async (asked, attempt) => {
    const answered: unknown = await call.provider.complete(asked, call.sdkOptions, signal)
    assertChatResponse(answered)
    attempt.succeeded()
    return answered
  })
  report.usage = response.usage
  report.received = { response: () => response }
  const { guardrails, clock } = call.stages
  const { verdicts } = report
  return guardrails ? guardOutput(guardrails, response, { request, verdicts, signal, clock }) : response
}

async function* stream(
  flight: AnswerFlight,
  request: ChatRequest,
  call: AskedCall,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  const { report, signal } = flight
  const { guardrails, streamOptions, clock = systemClock } = call.stages
  // An attempt ends with its first chunk: until then nothing has reached the caller (FLT-05).
  const { first, rest, attempt } = await ask(flight, request, call, async (asked, entered) => {
    const chunks = limitStream((own) => call.provider.stream(asked, call.sdkOptions, own), {
      options: streamOptions,
      clock,
      signal,
    })
    const begun = await chunks.next()
    try {
      // Until here nothing has reached the caller: a stream that is none may be asked for again.
      if (!begun.done) assertChunk(begun.value)
    } catch (error) {
      await chunks.return()
      throw error
    }
    return { first: begun, rest: chunks, attempt: entered }
  })
  const received = createChunkAssembler(request)
  report.received = received

  async function* arriving(): AsyncGenerator<ChatChunk, void, undefined> {
    try {
      for (let step = first; !step.done; step = await rest.next()) {
        assertChunk(step.value)
        received.add(step.value)
        // A copy: the caller may change its chunk before the record is made.
        if (step.value.usage) report.usage = copyJson(step.value.usage)
        yield step.value
      }
      // The SDK's stream ends quietly on abort.
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

  if (guardrails === undefined) {
    yield* arriving()
    return received.response()
  }
  const passed = createChunkAssembler()
  yield* guardStream(guardrails, arriving(), passed, { request, verdicts: report.verdicts, signal, clock })
  return passed.response()
}

/** One answer of the provider, or the beginning of one: from the model that was asked for or a fallback, under one retry policy. */
function ask<T>(
  flight: AnswerFlight,
  request: ChatRequest,
  { stages, hold }: AskedCall,
  send: (request: ChatRequest, attempt: Attempt) => Promise<T>,
): Promise<T> {
  const {
    retry,
    retryBudget,
    breakers,
    fallbackModels = [],
    clock = systemClock,
    random = Math.random,
  } = stages
  const { report, signal } = flight
  const remainingMs = () => flight.remainingMs()
  return askWithFallbacks(
    async (asked) => {
      await hold?.reserve(asked.model, reservedUsage(asked, stages.budgets?.maxOutputTokens))
      return withRetries(
        (attempt) => {
          report.attempts++
          return send(asked, attempt)
        },
        {
          model: asked.model,
          isFallback: asked !== request,
          retry,
          retryBudget,
          breakers,
          clock,
          random,
          signal,
          remainingMs,
        },
      )
    },
    { request, fallbackModels, clock, signal, onFallback: (model) => (report.fallbackModel = model) },
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
