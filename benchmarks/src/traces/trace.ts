import type { ChatRequest } from '@plumbline/core'
import type { TraceFacts } from '@plumbline/report'

/** One request of a trace, as an application would make it. */
export interface TraceRequest {
  /** Arrival, in ms from the start of the trace; never earlier than the one before. */
  atMs: number
  tenant: string
  endpoint: string
  /** With the temperature set explicitly: what an entrant assumes when it is not must not decide a comparison. */
  chat: ChatRequest
  /** The question that a retrieval step embeds before it asks. */
  embeds?: string
  /** What the trace says about its size; where it does not, the texts are counted with a tokenizer. */
  tokens?: { input: number; output: number }
}

export interface Trace {
  facts: TraceFacts
  requests: readonly TraceRequest[]
}

/** The models that every replay asks, unless the trace names its own. */
export const replayModels = { chat: 'gpt-4o-mini', embedding: 'text-embedding-3-small' } as const

/** The facts that follow from the requests themselves. */
export function countFacts(
  requests: readonly TraceRequest[],
): Pick<TraceFacts, 'requests' | 'tenants' | 'repeatShare' | 'cacheableShare' | 'embeds'> {
  const seen = new Set<string>()
  let repeats = 0
  let cacheable = 0
  for (const { tenant, chat } of requests) {
    const identity = JSON.stringify([tenant, chat])
    if (seen.has(identity)) repeats++
    seen.add(identity)
    if (chat.temperature === 0) cacheable++
  }
  return {
    requests: requests.length,
    tenants: new Set(requests.map(({ tenant }) => tenant)).size,
    repeatShare: repeats / requests.length,
    cacheableShare: cacheable / requests.length,
    embeds: requests.some(({ embeds }) => embeds !== undefined),
  }
}
