import type { BudgetStore, BudgetWindow } from './budget-store.ts'

/** What one tenant may spend, in US dollars; a window that is left out has no limit. */
export interface BudgetLimits {
  /** In one UTC hour. */
  hourUsd?: number
  /** In one UTC day. */
  dayUsd?: number
}

export interface BudgetOptions {
  /** Of each tenant that `tenants` does not name, apart from the others. Default: no limit. */
  eachTenant?: BudgetLimits
  /** By tenant, in place of `eachTenant`. */
  tenants?: Readonly<Record<string, BudgetLimits>>
  /** Warns once per window, when what is spent and in flight passes this share of its limit, in (0, 1]. Default 0.8. */
  warnAt?: number
  /** What a call without an output limit of its own is expected to answer at most, in tokens. Default 1,024. */
  maxOutputTokens?: number
  /** Where it is counted. Default: in this process; `createRedisBudgetStore` of `@plumbline/core/redis-budget` for several. */
  store?: BudgetStore
}

const windowsMs = { hour: 3_600_000, day: 86_400_000 } as const

/** Throws `RangeError` for an option that makes no sense, with its name and value. */
export function assertBudgetOptions(options: BudgetOptions): void {
  const { eachTenant = {}, tenants = {}, warnAt = 0.8, maxOutputTokens = 1024 } = options
  for (const [name, limits] of [['eachTenant', eachTenant] as const, ...Object.entries(tenants)]) {
    for (const [field, usd] of Object.entries(limits)) {
      if (usd === undefined || (usd >= 0 && usd <= Number.MAX_SAFE_INTEGER / 1e9)) continue
      throw new RangeError(`budgets: ${field} of ${name} must be a number of dollars, not ${usd}`)
    }
  }
  if (!(warnAt > 0 && warnAt <= 1))
    throw new RangeError(`budgets.warnAt must lie in (0, 1], not be ${warnAt}`)
  if (!(maxOutputTokens >= 0))
    throw new RangeError(`budgets.maxOutputTokens must be 0 or more, not ${maxOutputTokens}`)
}

/** The windows of a tenant at `nowMs` of the wall clock, the shorter one first; none for a tenant without a limit. */
export function budgetWindows(options: BudgetOptions, tenant: string, nowMs: number): BudgetWindow[] {
  const { eachTenant = {}, tenants = {}, warnAt = 0.8 } = options
  const { hourUsd, dayUsd } = (Object.hasOwn(tenants, tenant) ? tenants[tenant] : undefined) ?? eachTenant
  const windows: BudgetWindow[] = []
  const add = (name: BudgetWindow['name'], usd: number | undefined): void => {
    if (usd === undefined) return
    const lengthMs = windowsMs[name]
    const startMs = Math.floor(nowMs / lengthMs) * lengthMs
    const limitNanoUsd = Math.round(usd * 1e9)
    const warnNanoUsd = Math.floor(limitNanoUsd * warnAt)
    windows.push({ name, startMs, endMs: startMs + lengthMs, limitNanoUsd, warnNanoUsd })
  }
  add('hour', hourUsd)
  add('day', dayUsd)
  return windows
}
