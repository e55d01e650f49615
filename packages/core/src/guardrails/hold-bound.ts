import { activeRules } from './active-rules.ts'
import type { GuardrailPolicy } from './policy.ts'

/**
 * The most UTF-16 code units of a text that a stream under this policy has received and not yet shown: twice the longest reach of
 * the rules that replace or block answers, since one value may go on while another that it would cut begins, and two more for what
 * must be seen after it. A mask waits until no other value can overlap the one that it shows a part of: by the reach of its rule
 * longer. Counted in the text as rules read it: characters that show nothing, which are skipped, come on top. `Infinity` with
 * `hold: 'all'`; 0 when no rule holds.
 */
export function holdBound(policy: GuardrailPolicy): number {
  if (policy.hold === 'all') return Infinity
  const { acting } = activeRules(policy, 'output')
  const reaches = acting.map(({ rule }) => 2 * rule.reach + 2)
  const masked = acting.filter(({ action }) => action === 'mask').map(({ rule }) => rule.reach)
  return Math.max(0, ...reaches) + Math.max(0, ...masked)
}
