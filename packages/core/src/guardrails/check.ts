import type { ChatRequest, ChatResponse } from '../contract/wire.ts'
import type { GuardrailPolicy, PolicyCheck, RuleFailure, Verdict } from './policy.ts'
import type { Direction, TextPlace } from './rule.ts'

/** A text where it stands, as the rules left it. */
export interface PlacedText {
  text: string
  place: TextPlace
  /** `messages[0].content`, `choices[0].message.content`. */
  path: string
}

/** What a check judges: a whole request, a whole answer, or the texts of an embedding request. */
export interface CheckSubject {
  readonly direction: Direction
  /** Every text in it. */
  readonly texts: readonly PlacedText[]
  /** Undefined for an embedding request. */
  readonly request: ChatRequest | undefined
  /** Undefined for input. */
  readonly response: ChatResponse | undefined
}

/** What a check objects to: names and places, never the text. */
export interface CheckFinding {
  /** `empty`, `schema_type`, `violence`. */
  type: string
  /** Where: the path of a text, or a place in it. */
  path: string
  /** 0..1. */
  score?: number
  /** For sizes: what was asked for and what was found. */
  limit?: number
  size?: number
}

/**
 * A check on a request or an answer as a whole, which may take its time: a moderation endpoint, a model, a schema. It sees what
 * the rules have redacted, and only when they do not block. It cannot redact; of a streamed answer it judges what has already
 * been released, unless the policy says `hold: 'all'`.
 */
export interface GuardrailCheck {
  /** Stable id, such as `answer.empty`: named in verdicts, errors and metrics. */
  readonly id: string
  readonly family: string
  readonly directions: readonly Direction[]
  /** Anything that changes what it objects to: part of the policy's fingerprint and so of the cache key. */
  readonly version: string
  /** What it objects to; nothing for a subject that passes. `signal` is aborted at the time limit and when the call ends. */
  check(
    subject: CheckSubject,
    signal: AbortSignal,
  ): readonly CheckFinding[] | Promise<readonly CheckFinding[]>
}

/** How long a check may take that has no limit of its own, in ms. */
export const defaultCheckLimitMs = 2_000

/** The checks of a policy for one direction, in its order. */
export function checksFor(policy: GuardrailPolicy, direction: Direction): readonly PolicyCheck[] {
  const { checks = [] } = policy
  return checks.filter((entry) => (entry.directions ?? entry.check.directions).includes(direction))
}

/** What a check came to: its findings, or why it did not judge. Undefined when it objects to nothing. */
export function checkVerdict(
  { check, action, onFailure = 'block' }: PolicyCheck,
  direction: Direction,
  result: readonly CheckFinding[] | RuleFailure,
): Verdict | undefined {
  const { id: ruleId } = check
  if (typeof result === 'string') {
    const closes = onFailure === 'block' && action === 'block'
    const types = [`rule_${result}`]
    return {
      ruleId,
      direction,
      action: closes ? 'block' : 'report',
      count: 1,
      types,
      places: [],
      failure: result,
    }
  }
  const [first] = result
  if (first === undefined) return undefined
  const scores = result.flatMap(({ score = [] }) => score)
  return {
    ruleId,
    direction,
    action,
    count: result.length,
    types: [...new Set(result.map(({ type }) => type))].sort(),
    places: [...new Set(result.map(({ path }) => path))],
    ...(scores.length > 0 && { score: Math.max(...scores) }),
    ...(first.limit !== undefined && { limit: first.limit }),
    ...(first.size !== undefined && { size: first.size }),
  }
}
