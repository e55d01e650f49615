export { LedgerError } from './ledger-error.ts'
export { readCalls } from './read-calls.ts'
export { openLedger } from './sqlite-ledger.ts'
export { readUsage, usageGroups } from './usage.ts'

export type { LedgerErrorCode } from './ledger-error.ts'
export type { ReadCallsOptions } from './read-calls.ts'
export type { LedgerOptions } from './sqlite-ledger.ts'
export type { Usage, UsageFigures, UsageGroup, UsageOptions } from './usage.ts'
