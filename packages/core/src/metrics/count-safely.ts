import type { MetricsCollector, VerdictCount } from './collector.ts'

/** Counts a loss. Never throws: a collector that cannot even do this must not fail the call that it should have counted. */
export function countLoss(metrics: Pick<MetricsCollector, 'countLoss'> | undefined, kind: string): void {
  try {
    metrics?.countLoss(kind)
  } catch {
    // There is nobody left to tell.
  }
}

/** Counts what the guardrails found. Never throws: a collector that does loses the counts, as a loss `metrics`. */
export function countVerdicts(
  metrics: Pick<MetricsCollector, 'countVerdicts' | 'countLoss'> | undefined,
  verdicts: readonly VerdictCount[],
): void {
  try {
    metrics?.countVerdicts(verdicts)
  } catch {
    countLoss(metrics, 'metrics')
  }
}
