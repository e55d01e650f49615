type MaybePromise<T> = T | Promise<T>

/** One UTC hour or day of one tenant, and what may be spent in it. Money in integer nano-dollars. */
export interface BudgetWindow {
  name: 'hour' | 'day'
  /** Wall clock, ms since the epoch. */
  startMs: number
  endMs: number
  limitNanoUsd: number
  /** A sum above this is warned of. */
  warnNanoUsd: number
}

/** What one provider call may cost, held back from before it is asked until its real cost is known. */
export interface BudgetClaim {
  /** Unique. */
  id: string
  tenant: string
  amountNanoUsd: number
  windows: readonly BudgetWindow[]
  /** Wall clock, ms since the epoch. */
  nowMs: number
}

/** What a store found. `usedNanoUsd` is spent and in flight, this claim aside. */
export interface BudgetReading {
  window: BudgetWindow
  usedNanoUsd: number
}

export interface BudgetAnswer {
  /** The first window that the claim does not fit into; nothing is held back then. */
  refused?: BudgetReading | undefined
  /** Windows whose sum, this claim or cost included, has just passed their threshold; told once for each window. */
  warnings: readonly BudgetReading[]
  /** True when a shared store did not take part: it has lost this, and others do not see it. */
  isLost?: boolean | undefined
}

/** Where budgets are counted. `reserve` is atomic: of claims at once, those that are granted fit together. */
export interface BudgetStore {
  /** `memory`, `redis`. */
  readonly kind: string
  /** Holds the claim back where all its windows have room for it: a sum equal to the limit fits. */
  reserve(claim: BudgetClaim): MaybePromise<BudgetAnswer>
  /** Replaces the claim by what the call has cost; a claim that was refused, or is settled already, changes nothing. */
  settle(claim: BudgetClaim, costNanoUsd: number): MaybePromise<BudgetAnswer>
}
