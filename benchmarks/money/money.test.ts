import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { lastText, startFaultServer } from '@plumbline/conformance'
import type { LLMCallMetrics } from '@plumbline/core'
import { openLedger, readCalls, readUsage } from '@plumbline/core/ledger'
import { createPrometheusExporter } from '@plumbline/core/prometheus'
import { expect, test } from 'vitest'

import { knownEntrants, loadEntrant } from '../src/entrants.ts'
import { chargedBy, countingProvider, priceOf } from './counting-provider.ts'
import { makeMixedCall, mixedCalls, mixedOptions, promptWord, type MixedCall } from './mixed-calls.ts'

const builds = knownEntrants.filter(({ heldTo }) => heldTo === 'contract')

/** Makes the calls of a mix, 16 at once, and gives back all that was kept of them. */
async function bookAll(build: (typeof builds)[number], calls: readonly MixedCall[]) {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-money-'))
  const path = join(folder, 'calls.ledger')
  const arrivals = new EventEmitter()
  const server = await startFaultServer(countingProvider, {
    onRequest: (exchange) => {
      if (exchange.path.endsWith('/chat/completions')) arrivals.emit(lastText(exchange))
    },
  })
  try {
    const prometheus = createPrometheusExporter()
    const pipeline = (await loadEntrant(build)).create({
      ...mixedOptions,
      provider: { baseUrl: server.baseUrl, apiKey: 'sk-money-KEYWORD' },
      ledger: openLedger({ path }),
      exporters: [prometheus],
    }) as Parameters<typeof makeMixedCall>[0] // A build of ours offers all of it.
    const queue = [...calls]
    const work = async (): Promise<void> => {
      for (let call = queue.shift(); call !== undefined; call = queue.shift())
        await makeMixedCall(pipeline, call, arrivals)
    }
    await Promise.all(Array.from({ length: 16 }, work))
    await pipeline.close()
    const records: LLMCallMetrics[] = []
    readCalls({ path }, (record) => records.push(record))
    return {
      journal: server.journal,
      records,
      text: await prometheus.text(),
      summary: pipeline.metrics.summary({ by: 'tenant' }),
      usage: readUsage({ path, by: 'tenant' }),
      files: readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')),
    }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

/** Sum over the series of one metric in Prometheus text that carry these labels, each value times `unit` and rounded. */
function sumIn(text: string, metric: string, unit = 1, labels = ''): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && line.includes(labels))
    .reduce((sum, line) => sum + Math.round(Number(line.slice(line.lastIndexOf(' ') + 1)) * unit), 0)
}

test.each(builds)(
  '$name: ledger, /metrics and summary agree to the nano-dollar over a mix of calls, and with what the provider charged',
  async (build) => {
    const { journal, records, text, summary, usage, files } = await bookAll(
      build,
      mixedCalls(400, 20_261_124),
    )

    const money = [summary.costNanoUsd, summary.savedNanoUsd]
    expect([usage.total.costNanoUsd, usage.total.savedNanoUsd], 'the ledger').toEqual(money)
    expect(
      [sumIn(text, 'llm_cost_usd_total', 1e9), sumIn(text, 'llm_saved_usd_total', 1e9)],
      '/metrics',
    ).toEqual(money)
    for (const { value, ...figures } of usage.groups) {
      const { costNanoUsd, totalCalls } = summary.groups?.[value] ?? {}
      expect([figures.costNanoUsd, figures.totalCalls], value).toEqual([costNanoUsd, totalCalls])
      expect(sumIn(text, 'llm_cost_usd_total', 1e9, `tenant="${value}"`), value).toBe(costNanoUsd)
    }
    const counts = [summary.totalCalls, summary.totalInputTokens, summary.totalOutputTokens]
    expect([usage.total.totalCalls, usage.total.inputTokens, usage.total.outputTokens]).toEqual(counts)
    expect([
      sumIn(text, 'llm_calls_total'),
      sumIn(text, 'llm_tokens_total', 1, 'type="input"'),
      sumIn(text, 'llm_tokens_total', 1, 'type="output"'),
    ]).toEqual(counts)
    expect(sumIn(text, 'llm_provider_requests_total'), 'requests').toBe(journal.length)
    expect(summary.losses, 'records lost').toEqual({})

    // The provider has no charge for an answer that was not read to its end: that one is an estimate, and says so.
    const estimated = records.filter(({ usageEstimated, costNanoUsd }) => usageEstimated && costNanoUsd > 0)
    const estimatedNanoUsd = estimated.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
    expect(summary.costNanoUsd - estimatedNanoUsd, 'billed').toBe(chargedBy(journal))
    for (const { model, inputTokens, outputTokens, costNanoUsd } of estimated)
      expect(costNanoUsd).toBe(priceOf(model, inputTokens, outputTokens))
    const left = journal.filter(({ status, ended }) => status === 200 && ended?.by === 'client')
    expect(estimated.filter(({ stream }) => stream).length, 'streams that were left').toBe(left.length)

    // The mix has all of it.
    const seen = (of: (call: LLMCallMetrics) => unknown): Set<unknown> => new Set(records.map(of))
    expect(seen(({ outcome }) => outcome)).toEqual(new Set(['success', 'blocked', 'cancelled', 'error']))
    expect(seen(({ cacheStatus }) => cacheStatus)).toEqual(new Set(['hit', 'miss', 'coalesced', 'off']))
    expect(seen(({ operation, stream }) => `${operation} ${stream}`).size).toBe(3)
    expect(seen(({ blockedBy }) => blockedBy)).toEqual(new Set([undefined, 'topic.test', 'budget.hour']))
    expect(seen(({ fallbackModel }) => fallbackModel).size).toBe(2)
    expect(records.some(({ blockedBy, attempts }) => blockedBy === 'topic.test' && attempts > 0)).toBe(true)
    expect(
      records.some(({ tenant, success }) => tenant === 'small' && success),
      'within the budget',
    ).toBe(true)
    expect(left.length).toBeGreaterThan(0)

    for (const kept of [text, ...files])
      for (const word of [promptWord, 'Answer to', 'KEYWORD']) expect(kept.includes(word), word).toBe(false)
  },
)
