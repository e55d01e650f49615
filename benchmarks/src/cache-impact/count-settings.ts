import type { Entrant } from '@plumbline/conformance'
import { normaliseRequest, type ChatRequest } from '@plumbline/core'
import type { CacheSetting, SettingRow } from '@plumbline/report'

import type { Trace, TraceRequest } from '../traces/trace.ts'
import { latencyModels } from './latency-model.ts'
import { costOf, type ReplayPrices } from './prices.ts'
import {
  createSimulatedProvider,
  expectedText,
  sizesOf,
  type SimulatedProvider,
} from './simulated-provider.ts'
import type { WatchedStore } from './stores.ts'
import { callOnce, createSubject } from './subject.ts'
import { createVirtualClock } from './virtual-clock.ts'

export interface CountOptions {
  entrant: Entrant
  setting: CacheSetting
  trace: Trace
  ttlMs: number
  prices: ReplayPrices
  /** A build of ours: what it has recorded must cost what the provider's journal costs. */
  isBuild: boolean
  /** Where the answers are kept; it is left open. Default: the entrant's own memory. */
  store?: WatchedStore
  onProgress?: (done: number) => void
}

/** 2026-11-24T00:00:00Z: every replay starts here, so that every one is priced alike. */
export const replayStartMs = 1_795_478_400_000

/** Turns of the event loop without any progress after which everybody is taken to wait for the clock. */
const idleTurns = 12

/**
 * Replays a trace in virtual time against the simulated provider and counts what reached it. Arrivals and answers happen in the
 * order of their times, so calls that would be in flight together are.
 * Throws `Error` when a build's own records cost something else than the provider's journal.
 */
export async function countSetting(options: CountOptions): Promise<SettingRow> {
  const { entrant, setting, trace, ttlMs, prices, isBuild, store, onProgress } = options
  const { requests } = trace
  const clock = createVirtualClock(replayStartMs)
  const provider = createSimulatedProvider({
    clock,
    models: latencyModels,
    scale: 1,
    sizes: sizesOf(requests),
  })
  const subject = createSubject({ entrant, setting, provider, ttlMs, clock, ...(store && { store }) })
  const asked = setting === 'normalised' ? normaliseRequest : (chat: ChatRequest) => chat
  const checkAnswer = createAnswerCheck(requests, provider, asked)

  let [started, finished, failedRequests, wrongAnswers, crossTenantAnswers, recordedNanoUsd] = [
    0, 0, 0, 0, 0, 0,
  ]
  const answered = new Set<number>()
  async function replayOne(index: number, request: TraceRequest): Promise<void> {
    started++
    try {
      const { text, costNanoUsd } = await provider.asCaller(index, () => callOnce(subject, request))
      recordedNanoUsd += costNanoUsd
      answered.add(index)
      const verdict = checkAnswer(request, text)
      if (verdict !== 'right') wrongAnswers++
      if (verdict === 'of another tenant') crossTenantAnswers++
    } catch {
      failedRequests++
    }
    finished++
    onProgress?.(finished)
  }

  function arrive(index: number): void {
    const request = requests[index]
    if (request === undefined) return
    clock.setTimer(request.atMs - clock.monotonicMs(), () => {
      arrive(index + 1)
      void replayOne(index, request)
    })
  }

  /** Resolves when every call in flight waits for the clock. */
  async function settle(): Promise<void> {
    const progress = () => provider.journal.length + finished - provider.waiting
    let before = progress()
    const isBusy = () => (store?.pending ?? 0) > 0
    for (let idle = 0; idle < idleTurns && (started - finished > provider.waiting || isBusy()); idle++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (progress() !== before || isBusy()) idle = 0
      before = progress()
    }
  }

  arrive(0)
  while (finished < requests.length) {
    const moved = clock.runNext()
    await settle()
    // Something waits for neither the clock nor the provider, such as a real timer of a library: give it real time.
    if (!moved) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await subject.close?.()

  const { journal } = provider
  const chats = journal.filter(({ operation }) => operation === 'chat')
  const embeddings = journal.filter(({ operation }) => operation === 'embed')
  // Who ended well and asked nothing himself was answered by a cache, or by a call that he shared.
  const askers = new Set(chats.map(({ caller }) => caller))
  const costNanoUsd = costOf(journal, prices)
  if (isBuild && recordedNanoUsd !== costNanoUsd) {
    throw new Error(
      `${entrant.name}, ${setting}: its records cost ${recordedNanoUsd} nano-dollars, the provider's journal ${costNanoUsd}.`,
    )
  }
  return {
    entrant: entrant.name,
    version: entrant.version,
    setting,
    hitRate: [...answered].filter((index) => !askers.has(index)).length / requests.length,
    chatCalls: chats.length,
    inputTokens: sum(chats.map(({ inputTokens }) => inputTokens)),
    cachedInputTokens: sum(chats.map(({ cachedInputTokens }) => cachedInputTokens)),
    outputTokens: sum(chats.map(({ outputTokens }) => outputTokens)),
    embeddingCalls: embeddings.length,
    embeddingTokens: sum(embeddings.map(({ inputTokens }) => inputTokens)),
    costNanoUsd,
    wrongAnswers,
    crossTenantAnswers,
    failedRequests,
  }
}

/**
 * Whether an answer is the request's own: its text is what the provider says to this request, and the tenant has itself paid for
 * it at some time. An answer that only other tenants have paid for is theirs, whatever it says. `asked`: what of a request counts:
 * with normalised matching the answer to the same question in other case is its own; docs/caching.md says how often that is wrong.
 */
function createAnswerCheck(
  requests: readonly TraceRequest[],
  { journal }: SimulatedProvider,
  asked: (chat: ChatRequest) => ChatRequest,
): (request: TraceRequest, text: string | undefined) => 'right' | 'to another request' | 'of another tenant' {
  /** By answer: what it answers, and the tenants that have paid for it. */
  const answers = new Map<string, { question: string; tenants: Set<string> }>()
  const questionOf = ({ chat }: TraceRequest): string => JSON.stringify(asked(chat))
  let read = 0
  return (request, text) => {
    for (; read < journal.length; read++) {
      const { operation, caller } = journal[read] ?? {}
      const callerRequest = caller === undefined ? undefined : requests[caller]
      if (operation !== 'chat' || callerRequest === undefined) continue
      const answer = expectedText(callerRequest)
      const known = answers.get(answer) ?? { question: questionOf(callerRequest), tenants: new Set() }
      known.tenants.add(callerRequest.tenant)
      answers.set(answer, known)
    }
    // No two requests have one answer: whoever paid for it asked for it.
    const known = answers.get(text ?? '')
    if (known === undefined) return 'to another request'
    if (!known.tenants.has(request.tenant)) return 'of another tenant'
    return known.question === questionOf(request) ? 'right' : 'to another request'
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
