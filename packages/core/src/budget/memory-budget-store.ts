import type { BudgetClaim, BudgetReading, BudgetStore, BudgetWindow } from './budget-store.ts'

interface Count {
  startMs: number
  endMs: number
  spentNanoUsd: number
  heldNanoUsd: number
  warned: boolean
}

/**
 * Counts the budgets of one process. A window is forgotten once a later one of the same tenant begins; a wall clock that is set
 * back gives no fresh budget: the later window goes on. Memory grows with the tenants of one day.
 */
export function createMemoryBudgetStore(): BudgetStore {
  const counts = new Map<string, Count>()
  /** By id of the claim: the windows that hold it. */
  const held = new Map<string, readonly Count[]>()
  let sweptMs = Number.NEGATIVE_INFINITY

  function countOf(tenant: string, { name, startMs, endMs }: BudgetWindow): Count {
    const key = `${name}:${tenant}`
    const known = counts.get(key)
    if (known !== undefined && known.startMs >= startMs) return known
    const fresh: Count = { startMs, endMs, spentNanoUsd: 0, heldNanoUsd: 0, warned: false }
    counts.set(key, fresh)
    return fresh
  }

  /** Tenants that do not come back are forgotten once in an hour. */
  function sweep(nowMs: number): void {
    if (nowMs - sweptMs < 3_600_000) return
    sweptMs = nowMs
    for (const [key, { endMs }] of counts) if (endMs <= nowMs) counts.delete(key)
  }

  function warningsOf(claim: BudgetClaim, of: readonly Count[], amountNanoUsd: number): BudgetReading[] {
    const readings: BudgetReading[] = []
    for (const [index, window] of claim.windows.entries()) {
      const count = of[index]
      if (count === undefined || count.warned) continue
      const sum = count.spentNanoUsd + count.heldNanoUsd
      if (sum <= window.warnNanoUsd) continue
      count.warned = true
      readings.push({ window, usedNanoUsd: sum - amountNanoUsd })
    }
    return readings
  }

  return {
    kind: 'memory',
    reserve(claim) {
      const { id, tenant, amountNanoUsd, windows, nowMs } = claim
      sweep(nowMs)
      const of = windows.map((window) => countOf(tenant, window))
      for (const [index, window] of windows.entries()) {
        const usedNanoUsd = (of[index]?.spentNanoUsd ?? 0) + (of[index]?.heldNanoUsd ?? 0)
        if (usedNanoUsd + amountNanoUsd > window.limitNanoUsd) {
          return { refused: { window, usedNanoUsd }, warnings: [] }
        }
      }
      for (const count of of) count.heldNanoUsd += amountNanoUsd
      held.set(id, of)
      return { warnings: warningsOf(claim, of, amountNanoUsd) }
    },
    settle(claim, costNanoUsd) {
      const of = held.get(claim.id)
      if (of === undefined) return { warnings: [] }
      held.delete(claim.id)
      for (const count of of) {
        count.heldNanoUsd -= claim.amountNanoUsd
        count.spentNanoUsd += costNanoUsd
      }
      return { warnings: warningsOf(claim, of, costNanoUsd) }
    },
  }
}
