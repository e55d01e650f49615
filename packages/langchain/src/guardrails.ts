import {
  createRestorer,
  createStreamGate,
  embedSubject,
  guardEmbedRequest,
  guardRequest,
  guardResponse,
  requestSubject,
  responseSubject,
  toBlockedError,
  type ChatChunk,
  type ChatRequest,
  type ChatResponse,
  type ChunkAssembler,
  type EmbedRequest,
  type GuardrailPolicy,
  type Restorer,
} from '@plumbline/core'

import { hasChecks, runChecks, type CheckOptions } from './checks.ts'

export interface GuardedInput {
  request: ChatRequest
  /** Puts back what was redacted, where the policy says so. This caller's own: it must not reach the flight. */
  restorer?: Restorer | undefined
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

/** The request as the cache and the provider may see it. Adds what was found to `verdicts`; throws `GuardrailBlockedError`. */
export async function guardInput(
  policy: GuardrailPolicy,
  request: ChatRequest,
  options: CheckOptions,
): Promise<GuardedInput> {
  const guarded = guardRequest(policy, request)
  options.verdicts.push(...guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'input')) await runChecks(policy, requestSubject(guarded.request), options)
  const { originals } = guarded
  return { request: guarded.request, restorer: originals && createRestorer(originals) }
}

/** As `guardInput`, for the texts of an embedding request. */
export async function guardTexts(
  policy: GuardrailPolicy,
  request: EmbedRequest,
  options: CheckOptions,
): Promise<EmbedRequest> {
  const guarded = guardEmbedRequest(policy, request)
  options.verdicts.push(...guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'input')) await runChecks(policy, embedSubject(guarded.request), options)
  return guarded.request
}

export interface OutputOptions extends CheckOptions {
  /** As the model was sent it. */
  request: ChatRequest
}

/** The answer as the cache and the caller may see it, likewise. */
export async function guardOutput(
  policy: GuardrailPolicy,
  response: ChatResponse,
  options: OutputOptions,
): Promise<ChatResponse> {
  const { request, verdicts } = options
  const guarded = guardResponse(policy, response, request)
  verdicts.push(...guarded.verdicts)
  if (guarded.blocked) throw toBlockedError(guarded.blocked)
  if (hasChecks(policy, 'output'))
    await runChecks(policy, responseSubject(request, guarded.response), options)
  return guarded.response
}

/**
 * The chunks as the cache and the caller may see them; `passed` gets them too. Throws before a text that a rule blocks leaves;
 * checks judge the whole, at the end.
 */
export async function* guardStream(
  policy: GuardrailPolicy,
  chunks: AsyncIterable<ChatChunk>,
  passed: ChunkAssembler,
  options: OutputOptions,
): AsyncGenerator<ChatChunk, void, undefined> {
  const { request, verdicts } = options
  const gate = createStreamGate(policy, request)
  const held: ChatChunk[] = []
  const holdsAll = policy.hold === 'all'
  const release = (chunk: ChatChunk): ChatChunk[] => {
    passed.add(chunk)
    if (holdsAll) held.push(chunk)
    return holdsAll ? [] : [chunk]
  }
  try {
    for await (const chunk of chunks) {
      // `yield*` would wait three times for each of them.
      for (const released of gate.gateChunk(chunk).flatMap(release)) yield released
      if (gate.blocked) throw toBlockedError(gate.blocked)
    }
    yield* gate.end().flatMap(release)
    if (gate.blocked) throw toBlockedError(gate.blocked)
  } finally {
    verdicts.push(...gate.verdicts)
  }
  if (hasChecks(policy, 'output'))
    await runChecks(policy, responseSubject(request, passed.response()), options)
  yield* held
}
