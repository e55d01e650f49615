import type { Clause } from './clause.ts'
import { STR01 } from './clauses/STR-01.ts'
import { STR03 } from './clauses/STR-03.ts'

/** Every clause that runs, in the order of the contract. */
export const clauses: readonly Clause[] = [STR01, STR03]
