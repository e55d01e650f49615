// Only here: LangChain's callbacks, its model class and the wire adapter see different parts of one call, and this object
// travels with it from one to the other.
import {
  estimateUsage,
  hasContent,
  usageFromWire,
  type CacheStatus,
  type CallContext,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type LLMCallMetrics,
  type PlumblineError,
  type Usage,
  type UsageCount,
  type Verdict,
} from '@plumbline/core'

import type { AnswerMember } from './answer.ts'

/** The call option that carries a `CallRun`. A string: `Runnable.stream` drops options under symbols. */
export const runOption = 'plumblineRun'

/** What one provider call has come to so far. */
export interface ProviderReport {
  /** Requests sent. */
  attempts: number
  /** The fallback model that was asked last. */
  fallbackModel: string | undefined
  /** The answer came from the cache. */
  cached: boolean
  /** What the provider counted, once it has said so. */
  usage: Usage | null | undefined
  /** What arrived, before the output guardrails: all of it, or the part so far. */
  received: { response(): ChatResponse } | undefined
  /** Of the output guardrails. */
  readonly verdicts: Verdict[]
}

/** The report of a call that has not been sent. */
export function createProviderReport(): ProviderReport {
  return {
    attempts: 0,
    fallbackModel: undefined,
    cached: false,
    usage: undefined,
    received: undefined,
    verdicts: [],
  }
}

interface CountedUsage {
  /** Undefined where the provider has sent nothing. */
  usage: UsageCount | undefined
  estimated: boolean
}

/** What the provider has counted for this answer so far; an estimate, flagged, where it has sent content and no counts. */
export function providerUsage({ usage, received }: ProviderReport, request: ChatRequest): CountedUsage {
  return usageOf(usage, received?.response(), request)
}

function usageOf(
  wire: Usage | null | undefined,
  received: ChatResponse | undefined,
  request: ChatRequest,
): CountedUsage {
  const reported = usageFromWire(wire)
  if (reported !== undefined) return { usage: reported, estimated: false }
  if (!received?.choices.length) return { usage: undefined, estimated: false }
  return { usage: () => estimateUsage(request, received), estimated: true }
}

/** One logical call. */
export class CallRun {
  /** What to send, exactly, rather than the request that LangChain builds from messages. */
  readonly request: ChatRequest | undefined
  context: CallContext
  model: string | undefined
  stream = false
  cacheStatus: CacheStatus = 'off'
  attempts = 0
  fallbackModel: string | undefined
  billedUsage: UsageCount | undefined
  savedUsage: UsageCount | undefined
  usageEstimated = false
  readonly verdicts: Verdict[] = []
  response: ChatResponse | undefined
  /** Streamed chunks that the wire adapter has not taken yet. */
  #chunks: ChatChunk[] = []
  contentChunks = 0
  firstContentMs: number | undefined
  lastContentMs: number | undefined
  #isSettled = false
  readonly #abandoners: ((error: PlumblineError) => Promise<void>)[] = []
  /** Whether a handler records this call, however it ends. */
  isRecorded = false
  /** Resolves with the record of this call, when there is one. */
  readonly recorded: Promise<LLMCallMetrics>
  settleRecord: (record: LLMCallMetrics) => void = () => {}

  constructor(options: { request?: ChatRequest; context?: CallContext } = {}) {
    this.request = options.request
    this.context = options.context ?? {}
    this.recorded = new Promise((resolve) => {
      this.settleRecord = resolve
    })
  }

  /** Notes a chunk that goes to the caller, at `nowMs` of the monotonic clock. */
  sawChunk(chunk: ChatChunk, nowMs: number): void {
    // Without a wire request there is no wire adapter to take it.
    if (this.request) this.#chunks.push(chunk)
    if (!hasContent(chunk)) return
    this.contentChunks++
    this.firstContentMs ??= nowMs
    this.lastContentMs = nowMs
  }

  /** The chunks since the last time. */
  takeChunks(): ChatChunk[] {
    return this.#chunks.splice(0)
  }

  /** Notes how the provider call ended for this caller: who pays, what it cost, what was saved. Only the first time counts. `stayed`: to the end of the flight. */
  settle(member: AnswerMember, request: ChatRequest, stayed: boolean): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { report } = member
    this.verdicts.push(...report.verdicts)
    this.fallbackModel = report.fallbackModel
    if (report.cached) this.cacheStatus = 'hit'
    else if (!member.pays() && member.joined) this.cacheStatus = 'coalesced'

    const { usage, estimated } = report.cached
      ? usageOf(this.response?.usage, this.response, request)
      : providerUsage(report, request)
    if (member.pays() && !report.cached) {
      this.attempts = report.attempts
      this.billedUsage = usage
      this.usageEstimated = estimated
    } else if (stayed) {
      this.savedUsage = usage
    }
  }

  onAbandon(close: (error: PlumblineError) => Promise<void>): void {
    this.#abandoners.push(close)
  }

  /** Its reader has left: whoever records it does so now, unless it has ended. */
  async abandon(error: PlumblineError): Promise<void> {
    await Promise.all(this.#abandoners.map((close) => close(error)))
  }

  /** Keeps prompts out of what tracers serialise of the call options. */
  toJSON(): undefined {
    return undefined
  }
}
