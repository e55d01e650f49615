import { callLabels, type CallLabel } from './call-labels.ts'
import { CallTally } from './call-tally.ts'

/** The calls of some time: all of them, by the value of each label, and the blocked ones by the rule that blocked them. */
export interface CallSums {
  total: CallTally
  byLabel: Record<CallLabel, Map<string, CallTally>>
  blocksByRule: Map<string, number>
}

/** Sums of no calls. */
export function noCallSums(): CallSums {
  const byLabel = Object.fromEntries(callLabels.map((label) => [label, new Map()]))
  // All of its keys.
  return { total: new CallTally(), byLabel: byLabel as CallSums['byLabel'], blocksByRule: new Map() }
}

/** The sums of several stretches of time together. */
export function mergeCallSums(parts: Iterable<CallSums>): CallSums {
  const all = noCallSums()
  for (const { total, byLabel, blocksByRule } of parts) {
    all.total.merge(total)
    for (const label of callLabels) {
      for (const [value, tally] of byLabel[label]) tallyOf(all.byLabel[label], value).merge(tally)
    }
    for (const [rule, count] of blocksByRule) countBlock(all.blocksByRule, rule, count)
  }
  return all
}

/** The tally of one value of a label, made when it is first asked for. */
export function tallyOf(tallies: Map<string, CallTally>, value: string): CallTally {
  let tally = tallies.get(value)
  if (tally === undefined) tallies.set(value, (tally = new CallTally()))
  return tally
}

/** Adds to the calls that a rule has blocked. */
export function countBlock(blocksByRule: Map<string, number>, rule: string, count: number): void {
  blocksByRule.set(rule, (blocksByRule.get(rule) ?? 0) + count)
}
