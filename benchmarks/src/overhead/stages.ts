import type { PipelineOptions } from '@plumbline/core'
import { openLedger } from '@plumbline/core/ledger'
import { createPrometheusExporter } from '@plumbline/core/prometheus'

/** What a build is made with for one row. */
export type StageOptions = Omit<PipelineOptions, 'provider'>

/** Nothing but the call: what cannot be taken out (request check, deadline, retry loop, record, price) stays. */
export const noStage: StageOptions = {
  guardrails: false,
  responseCache: false,
  embeddingCache: false,
  breaker: false,
  budgets: false,
  retry: { budget: false },
}

const budgets = { eachTenant: { dayUsd: 1e6 } }
const logger = { info: () => undefined, warn: () => undefined }

/** Each stage alone, in the order of a call. `folder` is where the ledger may write. */
export function eachStage(folder: string): { name: string; options: StageOptions }[] {
  const { guardrails: _, responseCache: __, breaker: ___, ...rest } = noStage
  return [
    { name: 'guardrails', options: { ...rest, responseCache: false, breaker: false } },
    { name: 'response cache: a miss, stored', options: { ...rest, guardrails: false, breaker: false } },
    { name: 'budget of the tenant', options: { ...noStage, budgets } },
    { name: 'circuit breaker', options: { ...rest, guardrails: false, responseCache: false } },
    { name: 'retry budget', options: { ...noStage, retry: {} } },
    { name: 'logger', options: { ...noStage, logger } },
    { name: 'Prometheus exporter', options: { ...noStage, exporters: [createPrometheusExporter()] } },
    {
      name: 'SQLite ledger',
      options: { ...noStage, ledger: openLedger({ path: `${folder}/calls.ledger` }) },
    },
  ]
}

/** Everything that a call passes: the defaults, a budget and a logger. The two exporters are rows of their own. */
export const everyStage: StageOptions = { budgets, logger }
