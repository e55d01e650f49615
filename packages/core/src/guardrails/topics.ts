import { createHash } from 'node:crypto'

import type { Direction, GuardrailRule } from './rule.ts'
import { createTermTree, TERM_CONTEXT } from './term-tree.ts'

export interface TopicsOptions {
  /** Of the rule: `topic.competitors`. */
  id: string
  /** Words and phrases, thousands if need be. */
  terms: readonly string[]
  /** Default: both. */
  directions?: readonly Direction[]
}

/**
 * Terms that must not be spoken of, such as competitors or medicines: whole words and phrases, whatever their case,
 * accents and spacing, all in one pass. Terms of scripts without spaces are found anywhere. Finds type `term`. Throws a
 * `TypeError` for no terms, or an empty one.
 */
export function topicsRule({ id, terms, directions = ['input', 'output'] }: TopicsOptions): GuardrailRule {
  if (terms.length === 0) throw new TypeError('topicsRule: there are no terms')
  if (terms.some((term) => term.trim() === '')) throw new TypeError('topicsRule: a term is empty')
  const tree = createTermTree(terms)
  return {
    id,
    family: 'topic',
    directions,
    reach: tree.reach,
    context: TERM_CONTEXT,
    version: `1:${createHash('sha256')
      .update(JSON.stringify([...terms].sort()))
      .digest('hex')}`,
    find: (text, _place, from = 0) => tree.find(text, from).map((span) => ({ type: 'term', ...span })),
    holdFrom: (text, from = 0) => tree.holdFrom(text, from),
  }
}
