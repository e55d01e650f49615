import type { Exchange } from '@plumbline/conformance'
import type { LLMCallMetrics } from '@plumbline/core'

import type { Ending } from './make-call.ts'
import { exchangeOf, usageOf } from './misbehaving-provider.ts'

/** Nano-dollars per token: gpt-4o and text-embedding-3-small (openai.com/api/pricing, read 2026-11-23). */
const price = { input: 2_500, output: 10_000, embedding: 20 }

function costOf(exchange: number, operation: LLMCallMetrics['operation']): number {
  const { prompt_tokens, completion_tokens } = usageOf(exchange)
  return operation === 'embed'
    ? prompt_tokens * price.embedding
    : prompt_tokens * price.input + completion_tokens * price.output
}

/**
 * Where the books of one round do not hold, one sentence each. Written without the ledger's own code: an exchange's counts say
 * which one it is, so
 * - a call that was answered has billed and saved, together, exactly what that answer cost;
 * - no answer is billed to two calls, and one that somebody got is billed to somebody;
 * - nothing is billed that the provider did not send.
 * Bills of unfinished answers are estimates and flagged; those are left out.
 */
export function checkLedger(
  records: readonly LLMCallMetrics[],
  endings: readonly Ending[],
  journal: readonly Exchange[],
  firstExchange: number,
): string[] {
  const found: string[] = []
  const payers = new Map<number, number>()
  for (const record of records) {
    if (record.costNanoUsd === 0 || record.usageEstimated) continue
    const exchange = exchangeOf(record.inputTokens)
    payers.set(exchange, (payers.get(exchange) ?? 0) + 1)
    const sent = journal[exchange - firstExchange]
    if (sent?.status !== 200) found.push(`Exchange ${exchange} was billed and sent no answer.`)
    if (record.costNanoUsd !== costOf(exchange, record.operation)) {
      found.push(
        `Exchange ${exchange} was billed at ${record.costNanoUsd}, not ${costOf(exchange, record.operation)}.`,
      )
    }
  }
  for (const [exchange, count] of payers) {
    if (count > 1) found.push(`Exchange ${exchange} was billed ${count} times.`)
  }
  for (const { answer } of endings) {
    if (answer === undefined) continue
    const { metrics, usage } = answer
    const exchange = exchangeOf(usage.prompt_tokens)
    const together = metrics.costNanoUsd + metrics.savedNanoUsd
    if (together !== costOf(exchange, metrics.operation)) {
      found.push(
        `An answer of exchange ${exchange} was billed and saved at ${together}, not ${costOf(exchange, metrics.operation)}.`,
      )
    }
    // An older exchange was paid for in the round that sent it.
    if (exchange >= firstExchange && !payers.has(exchange)) {
      found.push(`Exchange ${exchange} was answered and billed to nobody.`)
    }
  }
  return found
}
