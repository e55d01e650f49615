import { activeRules, type ActiveRule } from './active-rules.ts'
import type { BlockedBy, GuardrailPolicy, RuleFailure, Verdict } from './policy.ts'
import type { Direction, Finding } from './rule.ts'

interface Entry {
  active: ActiveRule
  count: number
  types: Set<string>
  places: Set<string>
  score: number | undefined
  limit: number | undefined
  size: number | undefined
}

/** Counts findings over all texts of one request or answer, and knows whether they block it. */
export interface Tally {
  /** Counts one finding of a rule. */
  add(active: ActiveRule, finding: Finding, place: string): void
  /** Notes that a rule could not judge the text at `place`; see `PolicyRule.onFailure`. */
  fail(active: ActiveRule, failure: RuleFailure, place: string): void
  /** Whether a rule has failed, and so is not asked again. */
  hasFailed(active: ActiveRule): boolean
  /** Adds a text to the size of the whole: its length in UTF-16 code units, and itself where tokens may be counted. */
  addSize(chars: number, text?: string): void
  /** Judges the size of a text by itself. */
  addText(text: string): void
  /** Sorted like the policy. */
  readonly verdicts: Verdict[]
  /** Whether a blocking rule has found something. */
  readonly isBlocked: boolean
  /** The first blocking rule of the policy that found something. */
  readonly blocked: BlockedBy | undefined
}

/** An empty tally for one request (`input`) or one answer (`output`). */
export function createTally(policy: GuardrailPolicy, direction: Direction): Tally {
  const { size: sizeRules } = activeRules(policy, direction)
  const entries = new Map<ActiveRule, Entry>()
  const failures = new Map<ActiveRule, Verdict>()
  let size = 0
  const tokens = new Map<ActiveRule, number>()
  let isBlocked = false

  function entryOf(active: ActiveRule): Entry {
    let entry = entries.get(active)
    if (!entry) {
      entry = {
        active,
        count: 0,
        types: new Set(),
        places: new Set(),
        score: undefined,
        limit: undefined,
        size: undefined,
      }
      entries.set(active, entry)
      isBlocked ||= active.action === 'block'
    }
    return entry
  }

  function judgeSize(chars: number, tokensOf: (active: ActiveRule) => number): void {
    for (const active of sizeRules) {
      const { maxChars, maxTokens } = active.rule
      const limit = maxChars ?? maxTokens ?? Infinity
      const found = maxChars === undefined ? tokensOf(active) : chars
      if (found <= limit) continue
      const entry = entryOf(active)
      entry.count = 1
      entry.types.add('too_long')
      entry.limit = limit
      entry.size = Math.max(entry.size ?? 0, found)
    }
  }

  function verdicts(): Verdict[] {
    const found = [...entries].map(([active, entry]) => ({ active, verdict: toVerdict(entry, direction) }))
    const failed = [...failures].map(([active, verdict]) => ({ active, verdict }))
    return [...found, ...failed]
      .sort((one, other) => one.active.order - other.active.order)
      .map(({ verdict }) => verdict)
  }

  return {
    add(active, finding, place) {
      const entry = entryOf(active)
      entry.count++
      entry.types.add(finding.type)
      entry.places.add(place)
      if (finding.score !== undefined) entry.score = Math.max(entry.score ?? 0, finding.score)
    },
    fail(active, failure, place) {
      const action = active.onFailure === 'block' ? 'block' : 'report'
      isBlocked ||= action === 'block'
      failures.set(active, {
        ruleId: active.rule.id,
        direction,
        action,
        count: 1,
        types: [`rule_${failure}`],
        places: [place],
        failure,
      })
    },
    hasFailed: (active) => failures.has(active),
    addSize(chars, text = '') {
      size += chars
      judgeSize(size, (active) => {
        const sum = (tokens.get(active) ?? 0) + (active.rule.countTokens?.(text) ?? 0)
        tokens.set(active, sum)
        return sum
      })
    },
    addText: (text) => judgeSize(text.length, ({ rule }) => rule.countTokens?.(text) ?? 0),
    get verdicts() {
      return verdicts()
    },
    get isBlocked() {
      return isBlocked
    },
    get blocked() {
      return isBlocked ? verdicts().find(isBlocking) : undefined
    },
  }
}

function isBlocking(verdict: Verdict): verdict is BlockedBy {
  return verdict.action === 'block'
}

function toVerdict(entry: Entry, direction: Direction): Verdict {
  return {
    ruleId: entry.active.rule.id,
    direction,
    action: entry.active.action,
    count: entry.count,
    types: [...entry.types].sort(),
    // Numbers in their order, so that a stream, whose choices arrive interleaved, ends with the same list.
    places: [...entry.places].sort((one, other) => one.localeCompare(other, 'en', { numeric: true })),
    ...(entry.score === undefined ? {} : { score: entry.score }),
    ...(entry.limit === undefined ? {} : { limit: entry.limit }),
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.active.rule.maxTokens === undefined ? {} : { unit: 'tokens' as const }),
  }
}
