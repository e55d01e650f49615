// Only here: LangChain makes the client of its chat model itself.
import type { OpenAI } from 'openai'

type BuiltRequest = Awaited<ReturnType<OpenAI['buildRequest']>>

/**
 * The client, whose requests to one path differ in body and signal alone, as those of a `Provider` do: the SDK builds address and headers
 * once, and they are kept. Building them anew took two thirds of the SDK's CPU time in a call.
 */
export function keepRequests(client: OpenAI): OpenAI {
  const build = client.buildRequest.bind(client)
  const kept = new Map<string, BuiltRequest>()
  client.buildRequest = async (options, context) => {
    const { method, path, body, signal = null } = options
    if (method !== 'post') return build(options, context)
    const known = kept.get(path)
    if (known) {
      // A copy, which a fetch of the caller's own may change.
      const headers = new Headers(known.req.headers)
      return { ...known, req: { ...known.req, headers, signal, body: JSON.stringify(body) } }
    }
    const built = await build(options, context)
    // Nobody's prompt or signal is kept.
    const headers = new Headers(built.req.headers)
    kept.set(path, { ...built, req: { ...built.req, headers, signal: null, body: null } })
    return built
  }
  return client
}
