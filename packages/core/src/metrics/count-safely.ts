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

/** Notes that a call has begun (1) or ended (-1). Never throws: a collector that does loses the note, as a loss `metrics`. */
export function countInFlight(
  metrics: Pick<MetricsCollector, 'countInFlight' | 'countLoss'> | undefined,
  change: 1 | -1,
): void {
  try {
    metrics?.countInFlight(change)
  } catch {
    countLoss(metrics, 'metrics')
  }
}
