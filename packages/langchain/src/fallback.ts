import { toPlumblineError, type ChatRequest, type Clock } from '@plumbline/core'

export interface FallbackContext {
  request: ChatRequest
  fallbackModels: readonly string[]
  clock: Clock
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal
  /** Told of each fallback model before it is asked. */
  onFallback: (model: string) => void
}

/**
 * Asks the model of the request, then each fallback in turn while the error is one that another model may not have: a provider at
 * its end, or an open breaker. Rejects with the error of the last one asked.
 *
 * Takes the place of `withFallbacks`, which starts a run of its own for each model (two records for one call, MET-01), falls back
 * for a request that was refused (FLT-11), and caches the second model's answer apart.
 */
export async function askWithFallbacks<T>(
  ask: (request: ChatRequest) => Promise<T>,
  { request, fallbackModels, clock, signal, onFallback }: FallbackContext,
): Promise<T> {
  const left = [...new Set(fallbackModels)].filter((model) => model !== request.model)
  for (let asked = request; ;) {
    try {
      return await ask(asked)
    } catch (thrown) {
      signal.throwIfAborted()
      const model = left.shift()
      const error = toPlumblineError(thrown, clock.now())
      if (model === undefined || !error.retryable) throw error
      onFallback(model)
      asked = { ...request, model }
    }
  }
}
