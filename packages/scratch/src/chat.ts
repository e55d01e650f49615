import {
  assertChatRequest,
  CancelledError,
  GuardrailBlockedError,
  outcomeOf,
  replayAsChunks,
  toPlumblineError,
  withoutUsage,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChatResult,
  type ChatStream,
  type PlumblineError,
  type Verdict,
} from '@plumbline/core'

import { fetchAnswer, noFacts, usageOf, type AnswerFacts, type AnswerParts } from './answer.ts'
import { openDeadline, type Deadline } from './deadline.ts'
import { guardInput } from './guardrails.ts'
import { lazyPromise } from './lazy-promise.ts'
import type { CallEnd, OpenCall, Recorder } from './metrics.ts'
import type { CachePlan } from './response-cache.ts'
import type { Flights, Member } from './single-flight.ts'

export interface ChatParts extends AnswerParts {
  recorder: Recorder
  flights: Flights<ChatResponse, AnswerFacts>
  strictPrices: boolean
  /** Of a call that does not set its own, in ms. */
  deadlineMs: number
}

/** A place in a flight: `request` is the guarded one. */
interface Seat {
  member: Member<ChatResponse, AnswerFacts>
  plan: CachePlan
  request: ChatRequest
}

/** One call of one caller, from input guardrails to its place in a flight. */
interface ChatCall {
  call: OpenCall
  deadline: Deadline
  verdicts: Verdict[]
  /** Set once the call has joined a flight. */
  seat: Seat | undefined
}

/** Answers one request. Rejects with a `PlumblineError`; leaves one record either way, unless the request itself is invalid. */
export async function chat(
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext = {},
): Promise<ChatResult> {
  assertChatRequest(request)
  const chatCall = openCall(parts, request, context, false)
  const { deadline } = chatCall
  try {
    const member = await takeSeat(chatCall, parts, request, context, false)
    return await succeed(chatCall, await member.result(deadline))
  } catch (thrown) {
    throw await fail(chatCall, thrown, parts)
  } finally {
    deadline.close()
  }
}

/** As `chat`, chunk by chunk. Throws `InvalidRequestError` at once; sends nothing before it is read. */
export function stream(parts: ChatParts, request: ChatRequest, context: CallContext = {}): ChatStream {
  assertChatRequest(request)
  const { promise, resolve, reject } = Promise.withResolvers<ChatResult>()
  const chunks = streamChunks(parts, request, context, { resolve, reject })
  let started = false

  async function drain(): Promise<void> {
    try {
      for await (const _ of chunks);
    } catch {
      // `result` rejects with the same error.
    }
  }

  return {
    [Symbol.asyncIterator]() {
      started = true
      return chunks
    },
    result: lazyPromise(promise, () => {
      if (started) return
      started = true
      void drain()
    }),
  }
}

interface Settle {
  resolve(result: ChatResult): void
  reject(error: PlumblineError): void
}

async function* streamChunks(
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext,
  { resolve, reject }: Settle,
): AsyncGenerator<ChatChunk, void, undefined> {
  const chatCall = openCall(parts, request, context, true)
  const { call, deadline } = chatCall
  const usageWanted = request.stream_options?.include_usage === true

  let ended: Promise<PlumblineError> | undefined
  const end = (thrown: unknown): Promise<PlumblineError> => {
    ended ??= fail(chatCall, thrown, parts).then((error) => {
      reject(error)
      return error
    })
    return ended
  }
  // A caller that has stopped reading is told through `result`, and the provider through its closed connection.
  const onAbort = (): void => void end(deadline.signal.reason)
  deadline.signal.addEventListener('abort', onAbort, { once: true })

  let succeeded = false
  try {
    const member = await takeSeat(chatCall, parts, request, context, true)
    let streamed = false
    for await (const chunk of member.chunks(deadline)) {
      streamed = true
      call.sawChunk(chunk)
      const visible = usageWanted ? chunk : withoutUsage(chunk)
      if (visible) yield visible
    }
    const response = await member.result(deadline)
    // A cached answer, or one that another caller asked for as a whole.
    for (const chunk of streamed ? [] : replayAsChunks(structuredClone(response))) {
      call.sawChunk(chunk)
      const visible = usageWanted ? chunk : withoutUsage(chunk)
      if (visible) yield visible
    }
    resolve(await succeed(chatCall, response))
    succeeded = true
  } catch (thrown) {
    throw await end(thrown)
  } finally {
    deadline.signal.removeEventListener('abort', onAbort)
    deadline.close()
    if (!succeeded) await end(new CancelledError('The caller stopped reading the stream.'))
  }
}

function openCall(parts: ChatParts, request: ChatRequest, context: CallContext, streamed: boolean): ChatCall {
  const { recorder, clock, deadlineMs } = parts
  return {
    call: recorder.open({ operation: 'chat', stream: streamed, model: request.model }, context),
    deadline: openDeadline({ clock, limitMs: context.deadlineMs ?? deadlineMs, signal: context.signal }),
    verdicts: [],
    seat: undefined,
  }
}

/** Everything before the answer: abort, price, input guardrails, cache plan; then a seat in the flight of this request. */
async function takeSeat(
  chatCall: ChatCall,
  parts: ChatParts,
  request: ChatRequest,
  context: CallContext,
  streamed: boolean,
): Promise<Member<ChatResponse, AnswerFacts>> {
  const { deadline, verdicts } = chatCall
  deadline.signal.throwIfAborted()
  if (parts.strictPrices) await parts.recorder.assertPriced(request.model)
  const guarded = guardInput(parts.guardrails, request, (found) => verdicts.push(...found))
  const plan = parts.cache.plan(
    guarded,
    {
      tenant: context.tenant ?? 'default',
      provider: parts.provider.identity,
      policyFingerprint: parts.guardrails ? parts.guardrails.fingerprint : 'none',
    },
    context.cache ?? 'use',
  )

  const facts = noFacts()
  const { remainingMs } = deadline
  const member = parts.flights.join(plan.readKey, facts, (signal) =>
    fetchAnswer({ request: guarded, stream: streamed, plan, facts, signal, remainingMs }, parts),
  )
  chatCall.seat = { member, plan, request: guarded }
  return member
}

async function succeed({ call, verdicts, seat }: ChatCall, response: ChatResponse): Promise<ChatResult> {
  const outcome = outcomeOf(response)
  const allVerdicts = [...verdicts, ...(seat?.member.facts.verdicts ?? [])]
  call.sawVerdicts(allVerdicts)
  const metrics = await call.end({ ...spending(seat, 'answered'), outcome })
  return { response, metrics, verdicts: allVerdicts, outcome }
}

async function fail(
  { call, verdicts, seat }: ChatCall,
  thrown: unknown,
  { clock }: ChatParts,
): Promise<PlumblineError> {
  // First of all the seat: who pays is decided among those who stay.
  seat?.member.leave()
  const error = toPlumblineError(thrown, clock.now())
  const facts = seat?.member.facts
  const blockedBy = GuardrailBlockedError.isInstance(error) ? error.ruleId : undefined
  error.attempts = facts?.attempts ?? 0
  call.sawVerdicts([...verdicts, ...(facts?.verdicts ?? [])])
  await call.end({
    ...spending(seat, 'failed'),
    error,
    blockedBy,
    outcome: blockedBy !== undefined ? 'blocked' : error.code === 'CANCELLED' ? 'cancelled' : 'error',
  })
  return error
}

/** Who pays: the oldest caller in the flight, and nobody for a cached answer. The others are spared what they were answered. */
function spending(seat: Seat | undefined, ending: 'answered' | 'failed'): Omit<CallEnd, 'outcome'> {
  if (seat === undefined) return { cacheStatus: 'off', attempts: 0 }
  const { member, plan, request } = seat
  const { fromCache, attempts } = member.facts
  const used = usageOf(member.facts, request)
  if (member.paysForIt() && !fromCache) {
    return { cacheStatus: plan.status, attempts, billedUsage: used?.usage, usageEstimated: used?.estimated }
  }
  return {
    cacheStatus: fromCache ? 'hit' : member.joined ? 'coalesced' : plan.status,
    attempts: 0,
    savedUsage: ending === 'answered' ? used?.usage : undefined,
  }
}
