export { createRedisBudgetStore } from './redis-budget-store.ts'
export type { RedisBudgetClient, RedisBudgetOptions } from './redis-budget-store.ts'
