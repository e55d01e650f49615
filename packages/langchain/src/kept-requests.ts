import type { OpenAIClient } from '@langchain/openai'

type BuiltRequest = Awaited<ReturnType<OpenAIClient['buildRequest']>>

/** Those whose body is JSON, and whose headers are the client's. */
const keptPaths: ReadonlySet<string> = new Set(['/chat/completions', '/embeddings'])

/**
 * The client, whose address and headers of a chat or an embedding the SDK builds once: building them anew is more than half of what it
 * takes in a call (docs/decisions/2026-11-30-requests-are-kept.md). For a client with one key, not a function that gives one, and no
 * retries of its own, which are counted in a header. A call with headers, a query or an idempotency key of its own is built as ever.
 */
export function keepRequests(client: OpenAIClient): OpenAIClient {
  const build = client.buildRequest.bind(client)
  const kept = new Map<string, { timeout: number | undefined; built: BuiltRequest }>()
  client.buildRequest = async (options, context) => {
    const { method, path, body, signal = null, timeout, headers, query, idempotencyKey } = options
    if (method !== 'post' || !keptPaths.has(path) || (headers ?? query ?? idempotencyKey))
      return build(options, context)
    const known = kept.get(path)
    // A header says the time limit.
    if (known && known.timeout === timeout) return withOwn(known.built, signal, JSON.stringify(body))
    const built = await build(options, context)
    // Nobody's prompt or signal is kept.
    kept.set(path, { timeout, built: withOwn(built, null, null) })
    return built
  }
  return client
}

/** With a copy of the headers: a fetch of the caller's own may change them. */
function withOwn(built: BuiltRequest, signal: AbortSignal | null, body: string | null): BuiltRequest {
  return { ...built, req: { ...built.req, headers: new Headers(built.req.headers), signal, body } }
}
