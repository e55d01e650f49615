import type { OpenAI } from 'openai'

type BuiltRequest = Awaited<ReturnType<OpenAI['buildRequest']>>

/**
 * The client, whose requests to one path differ in body and signal alone, as those of a `Provider` do: address and headers are built by
 * the SDK once, since building them anew is more than half of what it takes in a call (docs/decisions/2026-11-30-requests-are-kept.md).
 */
export function keepRequests(client: OpenAI): OpenAI {
  const build = client.buildRequest.bind(client)
  const kept = new Map<string, BuiltRequest>()
  client.buildRequest = async (options, context) => {
    const { method, path, body, signal = null } = options
    if (method !== 'post') return build(options, context)
    const known = kept.get(path)
    if (known) return withOwn(known, signal, JSON.stringify(body))
    const built = await build(options, context)
    // Nobody's prompt or signal is kept.
    kept.set(path, withOwn(built, null, null))
    return built
  }
  return client
}

/** With a copy of the headers: a fetch of the caller's own may change them. */
function withOwn(built: BuiltRequest, signal: AbortSignal | null, body: string | null): BuiltRequest {
  return { ...built, req: { ...built.req, headers: new Headers(built.req.headers), signal, body } }
}
