import { toPlumblineError, type CallContext, type LLMCallMetrics } from '@plumbline/core'

// USD per million tokens: OpenAI's price page, read 2026-11-23. Any other model is priced as a large one.
const prices: Record<string, [input: number, output: number]> = {
  'gpt-4o': [2.5, 10],
  'gpt-4o-mini': [0.15, 0.6],
  'text-embedding-3-small': [0.02, 0],
  'text-embedding-3-large': [0.13, 0],
}

type Usage = { prompt_tokens: number; completion_tokens?: number } | null | undefined
type Facts = Pick<LLMCallMetrics, 'operation' | 'stream' | 'model'> & CallContext

/** Starts one call; what ends it records it. Costs are floats in USD until the record, which has the contract's unit. */
export function startCall(facts: Facts, record: (call: LLMCallMetrics) => void, now: () => number) {
  const { operation, stream, model, tenant = 'default', endpoint = 'unknown', promptVersion = '1' } = facts
  const labels = { operation, stream, provider: 'openai', model, tenant, endpoint, promptVersion }
  const [inputPrice, outputPrice] = prices[model] ?? [5, 15]
  const priceSource = model in prices ? ('published' as const) : 'fallback'
  const timestamp = now()
  function end(usage: Usage, hit = false, failure: Partial<LLMCallMetrics> = {}): LLMCallMetrics {
    const { prompt_tokens: inputTokens = 0, completion_tokens: outputTokens = 0 } = usage ?? {}
    const costUsd = (inputTokens * inputPrice + outputTokens * outputPrice) / 1_000_000
    const costNanoUsd = Math.round(costUsd * 1e9)
    const all = { inputTokens, outputTokens, costNanoUsd, savedTokens: 0, savedNanoUsd: 0 }
    const none = { inputTokens: 0, outputTokens: 0, costNanoUsd: 0 }
    const saved = { ...none, savedTokens: inputTokens + outputTokens, savedNanoUsd: costNanoUsd }
    const notKept = { cachedInputTokens: 0, reasoningTokens: 0, usageEstimated: false }
    const call: LLMCallMetrics = {
      ...labels,
      ...(hit ? saved : all),
      ...notKept,
      priceSource,
      priceDate: '2026-11-23',
      id: crypto.randomUUID(),
      timestamp,
      latencyMs: now() - timestamp,
      attempts: hit ? 0 : 1,
      cacheStatus: hit ? 'hit' : 'miss',
      success: true,
      outcome: 'success',
      ...failure,
    }
    record(call)
    return call
  }
  /** Records the failure, and returns it under the name that the contract has for the SDK's error. */
  function fail(thrown: unknown): Error {
    const error = toPlumblineError(thrown, now())
    const { name, code } = error
    const outcome = code === 'GUARDRAIL_BLOCKED' ? 'blocked' : code === 'CANCELLED' ? 'cancelled' : 'error'
    end(null, false, { success: false, outcome, error: { name, code } })
    return error
  }
  return { end, fail }
}
