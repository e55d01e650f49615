import {
  assertCallContext,
  assertChatRequest,
  copyJson,
  failureOf,
  outcomeOf,
  toPlumblineError,
  type CallContext,
  type ChatRequest,
  type ChatResponse,
  type ChatResult,
  type PlumblineError,
  type Restorer,
  type Verdict,
} from '@plumbline/core'

import { fetchAnswer, noFacts, usageOf, type AnswerFacts, type AnswerParts } from './answer.ts'
import { openDeadline, type Deadline } from './deadline.ts'
import { guardInput } from './guardrails.ts'
import type { CallEnd, OpenCall, Recorder } from './metrics.ts'
import type { CachePlan } from './response-cache.ts'
import type { Flights, Member } from './single-flight.ts'

export interface ChatParts extends AnswerParts {
  recorder: Recorder
  flights: Flights<ChatResponse, AnswerFacts>
  /** See `ResponseCacheOptions`. */
  onLeaderFailure: 'fail' | 'next-leads'
  strictPrices: boolean
  /** Of a call that does not set its own, in ms. */
  deadlineMs: number
  /** See `PipelineOptions`. */
  maxRequestBytes: number | undefined
}

/** What is asked of a flight: `request` is the guarded one. */
export interface Question {
  request: ChatRequest
  tenant: string
  stream: boolean
  plan: CachePlan
}

/** A place in a flight, and what it was taken for. */
export interface Seat {
  member: Member<ChatResponse, AnswerFacts>
  question: Question
}

/** One call of one caller, from input guardrails to its place in a flight. */
export interface ChatCall {
  call: OpenCall
  deadline: Deadline
  verdicts: Verdict[]
  /** Puts back into this caller's answer what was taken out of its request; never a part of the flight. */
  restorer: Restorer | undefined
  /** Set once the call has joined a flight. */
  seat: Seat | undefined
}

/** Answers one request. Rejects with a `PlumblineError`; leaves one record either way, unless the request itself is invalid. */
export async function chat(
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext = {},
): Promise<ChatResult> {
  assertChatRequest(request, parts)
  assertCallContext(context)
  const chatCall = openCall(parts, request, context, false)
  const { deadline } = chatCall
  try {
    const question = await prepare(chatCall, parts, copyJson(request), context, false)
    const response = await answerTo(question, chatCall, parts)
    return await succeed(chatCall, chatCall.restorer?.restoreResponse(response) ?? response)
  } catch (thrown) {
    throw await fail(chatCall, thrown, parts)
  } finally {
    deadline.close()
  }
}

/** Opens the record and the deadline of one call. */
export function openCall(
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext,
  streamed: boolean,
): ChatCall {
  const { recorder, clock, deadlineMs } = parts
  // First what can throw: a call that has been opened has to end.
  const deadline = openDeadline({ clock, limitMs: context.deadlineMs ?? deadlineMs, signal: context.signal })
  return {
    call: recorder.open({ operation: 'chat', stream: streamed, model: request.model }, context),
    deadline,
    verdicts: [],
    restorer: undefined,
    seat: undefined,
  }
}

/** Everything before the flight: price, input guardrails, cache plan. */
export async function prepare(
  chatCall: ChatCall,
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext,
  stream: boolean,
): Promise<Question> {
  const { deadline, verdicts } = chatCall
  // Before anything is waited for: the caller may fill in the same object for the next call.
  const { tenant = 'default', cache, cacheTtlMs } = context
  const tags = context.cacheTags?.slice()
  if (parts.strictPrices) {
    for (const model of [request.model, ...parts.fallbackModels]) await parts.recorder.assertPriced(model)
  }
  const guarded = await guardInput(parts.guardrails, request, {
    clock: parts.clock,
    signal: deadline.signal,
    onVerdicts: (found) => void verdicts.push(...found),
  })
  chatCall.restorer = guarded.restorer
  const planned = parts.cache.plan(
    guarded.request,
    {
      tenant,
      tags,
      provider: parts.provider.identity,
      policyFingerprint: parts.guardrails ? parts.guardrails.fingerprint : 'none',
    },
    { cache, cacheTtlMs },
  )
  // Most often it need not be waited for.
  const plan = planned instanceof Promise ? await deadline.race(planned) : planned
  // What a failed rule let pass is not guarded: its answer is for this caller alone.
  const isJudged = verdicts.every(({ failure }) => failure === undefined)
  const allowed = isJudged ? plan : { ...plan, writeKey: undefined }
  return { request: guarded.request, tenant, stream, plan: allowed }
}

/** A seat in the flight of this question. */
export function takeSeat(
  question: Question,
  chatCall: ChatCall,
  parts: ChatParts,
): Member<ChatResponse, AnswerFacts> {
  const { deadline } = chatCall
  // Whoever has left meanwhile takes no seat, since nobody would give it up.
  deadline.signal.throwIfAborted()
  const facts = noFacts()
  const member = parts.flights.join(question.plan.flightKey, facts, deadline, (waiting) =>
    fetchAnswer({ ...question, ...waiting, facts }, parts),
  )
  chatCall.seat = { member, question }
  return member
}

async function answerTo(question: Question, chatCall: ChatCall, parts: ChatParts): Promise<ChatResponse> {
  for (;;) {
    const member = takeSeat(question, chatCall, parts)
    try {
      return await member.result()
    } catch (thrown) {
      if (!leadsNext(member, thrown, parts)) throw thrown
    }
  }
}

/**
 * Whether a caller takes another seat after its flight has failed: the first who does leads the others. The one who would have
 * paid is the one who fails. Only for those whom nothing of an answer has reached.
 */
export function leadsNext(
  member: Member<ChatResponse, AnswerFacts>,
  thrown: unknown,
  { onLeaderFailure, clock }: ChatParts,
): boolean {
  if (onLeaderFailure !== 'next-leads' || !member.hasEnded() || member.paysForIt()) return false
  return toPlumblineError(thrown, clock.now()).retryable
}

/** Ends a call with its answer. */
export async function succeed(
  { call, verdicts, seat }: ChatCall,
  response: ChatResponse,
): Promise<ChatResult> {
  const outcome = outcomeOf(response)
  const allVerdicts = [...verdicts, ...(seat?.member.facts.verdicts ?? [])]
  call.sawVerdicts(allVerdicts)
  const metrics = await call.end({ ...spending(seat, true), outcome })
  return { response, metrics, verdicts: allVerdicts, outcome }
}

/** Ends a call with its error: typed, recorded once, its seat given up. */
export async function fail(
  { call, verdicts, seat }: ChatCall,
  thrown: unknown,
  { clock }: ChatParts,
): Promise<PlumblineError> {
  // One whom the flight itself failed was spared its cost; one who leaves before its end was not.
  const failedTogether = seat?.member.hasEnded() ?? false
  // Then the seat: who pays is decided among those who stay.
  seat?.member.leave()
  const error = toPlumblineError(thrown, clock.now())
  const facts = seat?.member.facts
  error.attempts = facts?.attempts ?? 0
  call.sawVerdicts([...verdicts, ...(facts?.verdicts ?? [])])
  await call.end({
    ...spending(seat, failedTogether),
    error,
    ...failureOf(error),
  })
  return error
}

/** Who pays: the oldest caller in the flight, and nobody for a cached answer. The others are spared it, if they stayed to its end. */
function spending(seat: Seat | undefined, stayed: boolean): Omit<CallEnd, 'outcome'> {
  if (seat === undefined) return { cacheStatus: 'off', attempts: 0 }
  const { member, question } = seat
  const { plan, request } = question
  const { fromCache, attempts, fallbackModel } = member.facts
  const used = usageOf(member.facts, request)
  if (member.paysForIt() && !fromCache) {
    return {
      cacheStatus: plan.status,
      attempts,
      fallbackModel,
      billedUsage: used?.usage,
      usageEstimated: used?.estimated,
    }
  }
  return {
    cacheStatus: fromCache ? 'hit' : member.joined ? 'coalesced' : plan.status,
    attempts: 0,
    fallbackModel,
    savedUsage: stayed ? used?.usage : undefined,
  }
}
