import {
  createRestorer,
  createStreamGate,
  guardEmbedRequest,
  guardRequest,
  guardResponse,
  requestSubject,
  responseSubject,
  embedSubject,
  toBlockedError,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChunkAssembler,
  type EmbedRequest,
  type GuardrailPolicy,
  type Restorer,
} from '@plumbline/core'

import { hasChecks, runChecks, type CheckContext } from './checks.ts'

export interface GuardedInput {
  request: ChatRequest
  /** Puts back what was redacted, where the policy says so. This caller's own: it must not reach the flight. */
  restorer: Restorer | undefined
}

/** The chunks with what was taken out of this caller's request. */
export async function* restoreChunks(
  restorer: Restorer,
  chunks: AsyncIterable<ChatChunk>,
): AsyncGenerator<ChatChunk, void, undefined> {
  const gate = restorer.openStream()
  for await (const chunk of chunks) yield* gate.gateChunk(chunk)
  yield* gate.end()
}

/** The request as the cache and the provider may see it. Throws `GuardrailBlockedError`. */
export async function guardInput(
  policy: GuardrailPolicy | false,
  request: ChatRequest,
  context: CheckContext,
): Promise<GuardedInput> {
  if (!policy) return { request, restorer: undefined }
  const guarded = guardRequest(policy, request)
  context.onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'input')) await runChecks(policy, requestSubject(guarded.request), context)
  const { originals } = guarded
  return { request: guarded.request, restorer: originals && createRestorer(originals) }
}

/** As `guardInput`, for the texts of an embedding request. */
export async function guardTexts(
  policy: GuardrailPolicy | false,
  request: EmbedRequest,
  context: CheckContext,
): Promise<EmbedRequest> {
  if (!policy) return request
  const guarded = guardEmbedRequest(policy, request)
  context.onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'input')) await runChecks(policy, embedSubject(guarded.request), context)
  return guarded.request
}

/** What output guardrails are told beside the answer. */
export interface OutputContext extends CheckContext {
  /** As the model was sent it. */
  request: ChatRequest
}

/** The answer as the cache and the caller may see it. Throws `GuardrailBlockedError`. */
export async function guardOutput(
  policy: GuardrailPolicy | false,
  response: ChatResponse,
  context: OutputContext,
): Promise<ChatResponse> {
  if (!policy) return response
  const { request, onVerdicts } = context
  const guarded = guardResponse(policy, response, request)
  onVerdicts(guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'output'))
    await runChecks(policy, responseSubject(request, guarded.response), context)
  return guarded.response
}

/**
 * The chunks as the cache and the caller may see them; `passed` gets them too, and joined, as they are returned, they are the guarded
 * whole answer. Throws `GuardrailBlockedError` before a text that a rule blocks leaves; checks judge the whole, at the end.
 */
export async function* guardStream(
  policy: GuardrailPolicy | false,
  chunks: AsyncIterable<ChatChunk>,
  passed: ChunkAssembler,
  context: OutputContext,
): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
  if (!policy) {
    for await (const chunk of chunks) {
      passed.add(chunk)
      yield chunk
    }
    return passed.response()
  }
  const { request, onVerdicts } = context
  const gate = createStreamGate(policy, request)
  const held: ChatChunk[] | undefined = policy.hold === 'all' ? [] : undefined
  function release(released: ChatChunk[]): ChatChunk[] {
    for (const chunk of released) passed.add(chunk)
    held?.push(...released)
    return held ? [] : released
  }
  try {
    for await (const chunk of chunks) {
      // `yield*` would wait three times for each of them.
      for (const released of release(gate.gateChunk(chunk))) yield released
      if (gate.blocked) throw toBlockedError(gate.blocked)
    }
    yield* release(gate.end())
    if (gate.blocked) throw toBlockedError(gate.blocked)
  } finally {
    onVerdicts(gate.verdicts)
  }
  if (hasChecks(policy, 'output'))
    await runChecks(policy, responseSubject(request, passed.response()), context)
  if (held) yield* held
  return passed.response()
}
