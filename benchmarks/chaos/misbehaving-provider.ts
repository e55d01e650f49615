import {
  chatAnswer,
  embedAnswer,
  errorAnswer,
  type Answer,
  type Exchange,
  type Reply,
} from '@plumbline/conformance'

import { randomFor } from './plan.ts'

/** What the provider counts for exchange number `exchange` of a run: no two alike, so that a bill says which one it is for. */
export function usageOf(exchange: number): { prompt_tokens: number; completion_tokens: number } {
  return { prompt_tokens: 1_000 + exchange, completion_tokens: 1 + (exchange % 300) }
}

/** The exchange that these prompt tokens are the count of. */
export function exchangeOf(promptTokens: number): number {
  return promptTokens - 1_000
}

/**
 * Answers most requests as it should, and each of the others in one of the ways in which providers fail. `firstExchange`:
 * how many this run has had before this server.
 */
export function misbehaviour(seed: number, firstExchange: number): (request: Exchange) => Answer {
  return (request) => {
    const exchange = firstExchange + request.index
    const random = randomFor(seed, `exchange ${exchange}`)
    const usage = usageOf(exchange)
    if (random() < 0.7) return good(request, usage, random() < 0.3 ? random() * 40 : 0)
    const fault = faults[Math.floor(random() * faults.length)] ?? good
    return fault(request, usage, 0)
  }
}

type Usage = ReturnType<typeof usageOf>

function good(request: Exchange, usage: Usage, waitMs: number): Answer {
  if (request.path.endsWith('/embeddings')) {
    return embedAnswer(request, {
      tokens: () => usage.prompt_tokens,
      ...(waitMs > 0 && { before: [{ waitMs }] }),
    })
  }
  return chatAnswer(request, { text: words, usage, ...(waitMs > 0 && { beforeFirst: [{ waitMs }] }) })
}

/** As `good`, for a chat; an embedding has no stream to break. */
function broken(reply: Omit<Reply, 'text' | 'usage'>): Fault {
  return (request, usage) =>
    request.path.endsWith('/embeddings')
      ? errorAnswer(502)
      : chatAnswer(request, { text: words, usage, ...reply })
}

const words = 'Ten words that a model says, one after the other.'

const json = { 'content-type': 'application/json' }

type Fault = (request: Exchange, usage: Usage, waitMs: number) => Answer

const faults: readonly Fault[] = [
  () => errorAnswer(500),
  () => errorAnswer(503, {}, { 'retry-after': '0' }),
  () => errorAnswer(429, { type: 'rate_limit_error' }, { 'retry-after-ms': '3' }),
  () => errorAnswer(429, { code: 'insufficient_quota' }),
  () => errorAnswer(400),
  () => ({ before: [{ reset: true }], steps: [] }),
  () => ({ before: [{ stall: true }], steps: [] }),
  () => ({ headers: json, steps: [{ text: '{"id":"x","choices":[{"mess' }] }),
  () => ({ headers: { 'content-type': 'text/html' }, steps: [{ text: '<html>Bad gateway</html>' }] }),
  () => ({ headers: json, steps: [{ text: '{"choices":[]}' }] }),
  broken({ finishReason: null }),
  broken({ beforeFinish: [{ stall: true }] }),
  broken({ beforeFinish: [{ reset: true }] }),
  broken({ between: [{ text: 'data: {"choices":[{"del\n\n' }] }),
  broken({ beforeFinish: [{ event: { error: { message: 'Overloaded', type: 'server_error' } } }] }),
  (request, usage, waitMs) => ({ ...good(request, usage, waitMs), bytesPerWrite: 3 }),
]
