import type { LabelName, LLMCallMetrics, SummaryOptions } from '@plumbline/core'

/** Every call of this process, and what can be said about them. */
export function createMetrics(now: () => number) {
  const calls: LLMCallMetrics[] = []
  return {
    record: (call: LLMCallMetrics): void => void calls.push(call),
    summary({ lastHours = 24, by, where }: SummaryOptions = {}) {
      const recent = calls.filter((call) => call.timestamp >= now() - lastHours * 3_600_000)
      const chosen = where ? recent.filter((call) => label(call, where.label) === where.value) : recent
      const groups = by ? Object.entries(Object.groupBy(chosen, (call) => label(call, by))) : []
      return {
        ...figuresOf(chosen),
        groups: Object.fromEntries(groups.map(([value, group = []]) => [value, figuresOf(group)])),
      }
    },
  }
}

function label(call: LLMCallMetrics, name: LabelName): string {
  return name === 'mode' ? (call.stream ? 'stream' : 'whole') : String(call[name])
}

function figuresOf(calls: LLMCallMetrics[]) {
  const sum = (of: (call: LLMCallMetrics) => number): number => calls.reduce((n, call) => n + of(call), 0)
  const count = (of: (call: LLMCallMetrics) => boolean): number => calls.filter(of).length
  const sent = calls.filter((call) => call.attempts > 0)
  const latencies = sent.map((call) => call.latencyMs).sort((a, b) => a - b)
  const costNanoUsd = sum((call) => call.costNanoUsd)
  return {
    totalCalls: calls.length,
    failed: count((call) => call.outcome === 'error'),
    blocked: count((call) => call.outcome === 'blocked'),
    cancelled: count((call) => call.outcome === 'cancelled'),
    hits: count((call) => call.cacheStatus === 'hit'),
    providerCalls: sent.length,
    attempts: sum((call) => call.attempts),
    successRate: count((call) => call.success) / (calls.length || 1),
    costNanoUsd,
    totalCostUsd: costNanoUsd / 1e9,
    savedNanoUsd: sum((call) => call.savedNanoUsd),
    averageLatencyMs: latencies.reduce((total, ms) => total + ms, 0) / (sent.length || 1),
    p95LatencyMs: latencies[Math.floor(latencies.length * 0.95)] ?? 0,
    totalInputTokens: sum((call) => call.inputTokens),
    totalOutputTokens: sum((call) => call.outputTokens),
    savedTokens: sum((call) => call.savedTokens),
  }
}
