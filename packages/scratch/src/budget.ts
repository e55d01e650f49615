import { randomUUID } from 'node:crypto'

import {
  assertBudgetOptions,
  budgetWindows,
  countLoss,
  createMemoryBudgetStore,
  logBudgetWarnings,
  priceUsage,
  resolveUsage,
  toBudgetError,
  type BudgetAnswer,
  type BudgetClaim,
  type BudgetOptions,
  type CallLogger,
  type Clock,
  type MetricsCollector,
  type PriceBook,
  type TokenUsage,
  type UsageCount,
} from '@plumbline/core'

/** What one flight holds back of its tenant's budget, from its cache look-up to its end. */
export interface BudgetHold {
  /**
   * Holds back what `model` may cost for `usage`, in place of what was held before. Throws `BudgetExceededError` where there is
   * no room for it.
   */
  reserve(model: string, usage: TokenUsage): Promise<void>
  /** Books what the provider has counted, in place of what is held. Only the first time counts. Never throws, never waits. */
  settle(usage: UsageCount | undefined): void
}

/** The budgets of one pipeline. */
export interface Budgets {
  /** See `BudgetOptions`. */
  readonly maxOutputTokens: number | undefined
  /** Undefined for a tenant without a limit. */
  open(tenant: string): BudgetHold | undefined
}

export interface BudgetParts {
  prices: PriceBook
  /** The provider's name in the price book. */
  provider: string
  clock: Clock
  metrics: MetricsCollector
  logger: CallLogger | undefined
}

export function createBudgets(
  options: BudgetOptions | false | undefined,
  { prices, provider, clock, metrics, logger }: BudgetParts,
): Budgets | undefined {
  if (!options) return undefined
  assertBudgetOptions(options)
  const { store = createMemoryBudgetStore(), maxOutputTokens } = options

  function note(
    claim: Pick<BudgetClaim, 'tenant' | 'amountNanoUsd'>,
    { warnings, isLost }: BudgetAnswer,
  ): void {
    if (isLost) countLoss(metrics, 'budget')
    try {
      logBudgetWarnings(logger, claim, warnings)
    } catch {
      countLoss(metrics, 'logger')
    }
  }

  function open(tenant: string): BudgetHold | undefined {
    if (budgetWindows(options || {}, tenant, clock.now()).length === 0) return undefined
    let held: { claim: BudgetClaim; costOf: (usage: TokenUsage) => number } | undefined
    let isOver = false

    async function book(count: UsageCount | undefined): Promise<void> {
      if (held === undefined) return
      const { claim, costOf } = held
      held = undefined
      const usage = resolveUsage(count)
      const costNanoUsd = usage === undefined ? 0 : costOf(usage)
      try {
        note({ tenant, amountNanoUsd: costNanoUsd }, await store.settle(claim, costNanoUsd))
      } catch {
        countLoss(metrics, 'budget')
      }
    }

    return {
      async reserve(model, usage) {
        void book(undefined)
        const nowMs = clock.now()
        const card = await prices.cardFor({ provider, model, at: nowMs })
        const claim: BudgetClaim = {
          id: randomUUID(),
          tenant,
          amountNanoUsd: priceUsage(card, usage),
          windows: budgetWindows(options || {}, tenant, nowMs),
          nowMs,
        }
        const answer = await store.reserve(claim)
        note(claim, answer)
        if (answer.refused) throw toBudgetError(claim, answer.refused)
        held = { claim, costOf: (spent) => priceUsage(card, spent) }
        // Whoever waited for it has left meanwhile.
        if (isOver) void book(undefined)
      },
      settle(usage) {
        isOver = true
        void book(usage)
      },
    }
  }

  return { maxOutputTokens, open }
}
