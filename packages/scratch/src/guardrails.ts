import {
  createStreamGate,
  guardEmbedRequest,
  guardRequest,
  guardResponse,
  toBlockedError,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type EmbedRequest,
  type GuardrailPolicy,
  type Verdict,
} from '@plumbline/core'

/** Told what the rules found, also when they block. */
export type OnVerdicts = (verdicts: readonly Verdict[]) => void

/** The request as the cache and the provider may see it. Throws `GuardrailBlockedError`. */
export function guardInput(
  policy: GuardrailPolicy | false,
  request: ChatRequest,
  onVerdicts: OnVerdicts,
): ChatRequest {
  if (!policy) return request
  const guarded = guardRequest(policy, request)
  onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  return guarded.request
}

/** As `guardInput`, for the texts of an embedding request. */
export function guardTexts(
  policy: GuardrailPolicy | false,
  request: EmbedRequest,
  onVerdicts: OnVerdicts,
): EmbedRequest {
  if (!policy) return request
  const guarded = guardEmbedRequest(policy, request)
  onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  return guarded.request
}

/** The answer as the cache and the caller may see it. Throws `GuardrailBlockedError`. */
export function guardOutput(
  policy: GuardrailPolicy | false,
  response: ChatResponse,
  onVerdicts: OnVerdicts,
): ChatResponse {
  if (!policy) return response
  const guarded = guardResponse(policy, response)
  onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  return guarded.response
}

/**
 * The chunks as the cache and the caller may see them: joined, they are the guarded whole answer. Throws
 * `GuardrailBlockedError` before the offending text leaves.
 */
export async function* guardStream(
  policy: GuardrailPolicy | false,
  chunks: AsyncIterable<ChatChunk>,
  onVerdicts: OnVerdicts,
): AsyncGenerator<ChatChunk, void, undefined> {
  if (!policy) {
    yield* chunks
    return
  }
  const gate = createStreamGate(policy)
  try {
    for await (const chunk of chunks) {
      yield* gate.gateChunk(chunk)
      if (gate.blocked) throw toBlockedError(gate.blocked)
    }
    yield* gate.end()
    if (gate.blocked) throw toBlockedError(gate.blocked)
  } finally {
    onVerdicts(gate.verdicts)
  }
}
