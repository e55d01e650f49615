import type { CallLogger } from '../metrics/emit.ts'
import { BudgetExceededError } from '../contract/errors.ts'
import { formatUsd, nanoUsdToUsd } from '../metrics/money.ts'
import type { BudgetClaim, BudgetReading } from './budget-store.ts'

/** The error of a call that a budget has no room for. */
export function toBudgetError(
  claim: BudgetClaim,
  { window, usedNanoUsd }: BudgetReading,
): BudgetExceededError {
  const { name, startMs, endMs, limitNanoUsd } = window
  const { amountNanoUsd, nowMs } = claim
  const from = new Date(startMs).toISOString().slice(0, name === 'hour' ? 16 : 10)
  return new BudgetExceededError(
    `The tenant's budget of ${formatUsd(limitNanoUsd)} for the ${name} from ${from} UTC has ${formatUsd(usedNanoUsd)} spent or in flight, and this call may cost ${formatUsd(amountNanoUsd)}. Nothing was sent.`,
    {
      window: name,
      limitNanoUsd,
      usedNanoUsd,
      callNanoUsd: amountNanoUsd,
      // What is larger than the limit itself fits into no later window.
      retryAfterMs: amountNanoUsd <= limitNanoUsd ? endMs - nowMs : undefined,
    },
  )
}

/** Tells the logger of thresholds that were passed, one event `llm_budget_warning` each. May throw as the logger does. */
export function logBudgetWarnings(
  logger: CallLogger | undefined,
  { tenant, amountNanoUsd }: Pick<BudgetClaim, 'tenant' | 'amountNanoUsd'>,
  warnings: readonly BudgetReading[],
): void {
  for (const { window, usedNanoUsd } of warnings) {
    logger?.warn(
      {
        event: 'llm_budget_warning',
        tenant,
        window: window.name,
        window_start: new Date(window.startMs).toISOString(),
        used_usd: nanoUsdToUsd(usedNanoUsd + amountNanoUsd),
        limit_usd: nanoUsdToUsd(window.limitNanoUsd),
      },
      'a tenant has spent, or has in flight, most of its budget',
    )
  }
}
