import { customRule } from '../guardrails/custom-rule.ts'
import type { Direction, Finding, GuardrailRule } from '../guardrails/rule.ts'

export interface PatternRuleOptions {
  /** Named in verdicts, errors and metrics: `acme.ticket`. */
  id: string
  /** RE2 syntax (no look-around, no back-references): https://github.com/google/re2/wiki/Syntax */
  pattern: string
  /** What is found; the replacement is made of it. Default `pattern`. */
  type?: string
  /** Default false. */
  ignoreCase?: boolean
  /** The longest match, in UTF-16 code units: of a longer one so much is found at a time. Default 256. */
  reach?: number
  /** Default both. */
  directions?: readonly Direction[]
}

/**
 * A rule from a pattern that somebody else wrote, on an engine whose time is linear whatever the pattern. Loads the package
 * `re2js`, which it needs. Rejects with a `SyntaxError` for a pattern that RE2 does not take, and a `TypeError` for one that
 * matches the empty text.
 */
export async function patternRule(options: PatternRuleOptions): Promise<GuardrailRule> {
  const { RE2JS } = await import('re2js')
  const { id, pattern, type = 'pattern', ignoreCase = false, reach = 256, directions } = options
  let compiled: ReturnType<typeof RE2JS.compile>
  try {
    compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  } catch (cause) {
    throw new SyntaxError(`patternRule: RE2 does not take the pattern of ${id}`, { cause })
  }
  if (compiled.matches('')) throw new TypeError(`patternRule: the pattern of ${id} matches the empty text`)

  /** The first match in a part of the text: one unit before it is seen, for `\b`, and nothing after it. */
  function firstIn(text: string, start: number, end: number): { start: number; end: number } | undefined {
    const offset = Math.max(0, start - 1)
    const matcher = compiled.matcher(text.slice(offset, end))
    return matcher.find(start - offset)
      ? { start: offset + matcher.start(), end: offset + matcher.end() }
      : undefined
  }

  return customRule({
    id,
    family: 'pattern',
    version: `1:${JSON.stringify([pattern, ignoreCase, reach, type])}`,
    reach,
    context: 1,
    ...(directions && { directions }),
    find(text, _place, from) {
      const findings: Finding[] = []
      // In blocks of twice the reach: a match sees what is within its own reach and no more, so that pieces of a text say the same.
      for (let at = from; at < text.length;) {
        const match = firstIn(text, at, at + 2 * reach + 1)
        if (match === undefined || match.start >= at + reach) {
          at += reach
          continue
        }
        const seen = firstIn(text, match.start, match.start + reach + 1)
        const end = seen?.start === match.start ? Math.min(seen.end, match.start + reach) : match.start
        if (end > match.start) findings.push({ type, start: match.start, end })
        at = Math.max(end, match.start + 1)
      }
      return findings
    },
  })
}
