import {
  createStreamGate,
  guardRequest,
  guardResponse,
  toBlockedError,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type GuardrailPolicy,
  type Verdict,
} from '@plumbline/core'

/** The request as the cache and the provider may see it. Adds what was found to `verdicts`; throws `GuardrailBlockedError`. */
export function guardInput(policy: GuardrailPolicy, request: ChatRequest, verdicts: Verdict[]): ChatRequest {
  const guarded = guardRequest(policy, request)
  verdicts.push(...guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  return guarded.request
}

/** The answer as the cache and the caller may see it, likewise. */
export function guardOutput(
  policy: GuardrailPolicy,
  response: ChatResponse,
  verdicts: Verdict[],
): ChatResponse {
  const guarded = guardResponse(policy, response)
  verdicts.push(...guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  return guarded.response
}

/** The chunks as the cache and the caller may see them; throws before a text that is blocked leaves. */
export async function* guardStream(
  policy: GuardrailPolicy,
  chunks: AsyncIterable<ChatChunk>,
  verdicts: Verdict[],
): AsyncGenerator<ChatChunk, void, undefined> {
  const gate = createStreamGate(policy)
  try {
    for await (const chunk of chunks) {
      yield* gate.gateChunk(chunk)
      if (gate.blocked) throw toBlockedError(gate.blocked)
    }
    yield* gate.end()
    if (gate.blocked) throw toBlockedError(gate.blocked)
  } finally {
    verdicts.push(...gate.verdicts)
  }
}
