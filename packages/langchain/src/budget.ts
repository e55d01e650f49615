import {
  assertBudgetOptions,
  budgetWindows,
  countLoss,
  createMemoryBudgetStore,
  createPriceBook,
  logBudgetWarnings,
  priceUsage,
  resolveUsage,
  systemClock,
  toBudgetError,
  type BudgetAnswer,
  type BudgetClaim,
  type BudgetOptions,
  type BudgetStore,
  type CallLogger,
  type Clock,
  type MetricsCollector,
  type PriceBook,
  type PriceCard,
  type TokenUsage,
  type UsageCount,
} from '@plumbline/core'

export interface TenantBudgetsOptions extends BudgetOptions {
  /** Default: the dated book of published prices. */
  prices?: PriceBook | undefined
  /** The provider's name in the price book. Default `openai`. */
  provider?: string | undefined
  clock?: Clock | undefined
  /** Counts what was lost: a warning, or the cost of a call that the store did not take. */
  metrics?: MetricsCollector | undefined
  /** Receives the warnings. */
  logger?: CallLogger | undefined
}

/**
 * What tenants may spend, as a stage of `createChatModel` and `CachedEmbeddings`:
 *
 *     const budgets = new TenantBudgets({ eachTenant: { dayUsd: 5 } })
 *     const model = createChatModel({ model: 'gpt-4o-mini' }, { budgets })
 *     await model.invoke('Hello', { metadata: { tenant: 'acme' } })
 *
 * A call that might pass its tenant's budget rejects with `BudgetExceededError` before the provider is asked.
 */
export class TenantBudgets {
  readonly #options: TenantBudgetsOptions
  readonly #store: BudgetStore
  readonly #prices: PriceBook
  readonly #clock: Clock

  /** Throws `RangeError` for an option that makes no sense. */
  constructor(options: TenantBudgetsOptions) {
    assertBudgetOptions(options)
    this.#options = options
    this.#store = options.store ?? createMemoryBudgetStore()
    this.#prices = options.prices ?? createPriceBook()
    this.#clock = options.clock ?? systemClock
  }

  /** See `BudgetOptions`. */
  get maxOutputTokens(): number | undefined {
    return this.#options.maxOutputTokens
  }

  /** What a flight of this tenant holds back; undefined for a tenant without a limit. */
  open(tenant = 'default'): BudgetHold | undefined {
    const hasLimit = budgetWindows(this.#options, tenant, this.#clock.now()).length > 0
    return hasLimit ? new BudgetHold(this, tenant) : undefined
  }

  /** Holds back what the model may cost for `usage`. Throws `BudgetExceededError` where there is no room for it. */
  async reserve(tenant: string, model: string, usage: TokenUsage): Promise<Reservation> {
    const nowMs = this.#clock.now()
    const card = await this.#prices.cardFor({
      provider: this.#options.provider ?? 'openai',
      model,
      at: nowMs,
    })
    const claim: BudgetClaim = {
      id: crypto.randomUUID(),
      tenant,
      amountNanoUsd: priceUsage(card, usage),
      windows: budgetWindows(this.#options, tenant, nowMs),
      nowMs,
    }
    const answer = await this.#store.reserve(claim)
    this.#note(claim, answer)
    if (answer.refused) throw toBudgetError(claim, answer.refused)
    return { claim, card }
  }

  /** Books what a call has cost in place of its reservation. Never rejects. */
  async settle({ claim, card }: Reservation, count: UsageCount | undefined): Promise<void> {
    const usage = resolveUsage(count)
    const amountNanoUsd = usage === undefined ? 0 : priceUsage(card, usage)
    try {
      this.#note({ tenant: claim.tenant, amountNanoUsd }, await this.#store.settle(claim, amountNanoUsd))
    } catch {
      countLoss(this.#options.metrics, 'budget')
    }
  }

  #note(claim: Pick<BudgetClaim, 'tenant' | 'amountNanoUsd'>, { warnings, isLost }: BudgetAnswer): void {
    if (isLost) countLoss(this.#options.metrics, 'budget')
    try {
      logBudgetWarnings(this.#options.logger, claim, warnings)
    } catch {
      countLoss(this.#options.metrics, 'logger')
    }
  }
}

interface Reservation {
  claim: BudgetClaim
  card: PriceCard
}

/** What one flight holds back of its tenant's budget, from its cache look-up to its end. */
export class BudgetHold {
  readonly #budgets: TenantBudgets
  readonly #tenant: string
  #held: Reservation | undefined
  #isOver = false

  constructor(budgets: TenantBudgets, tenant: string) {
    this.#budgets = budgets
    this.#tenant = tenant
  }

  /** As `TenantBudgets.reserve`, in place of what was held before. */
  async reserve(model: string, usage: TokenUsage): Promise<void> {
    this.#book(undefined)
    this.#held = await this.#budgets.reserve(this.#tenant, model, usage)
    // Whoever waited for it has left meanwhile.
    if (this.#isOver) this.#book(undefined)
  }

  /** Books what the provider has counted, in place of what is held. Only the first time counts. Never throws, never waits. */
  settle(usage: UsageCount | undefined): void {
    this.#isOver = true
    this.#book(usage)
  }

  #book(usage: UsageCount | undefined): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) void this.#budgets.settle(held, usage)
  }
}
