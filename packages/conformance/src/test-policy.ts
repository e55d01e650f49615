import type {
  Direction,
  Finding,
  GuardrailAction,
  GuardrailPolicy,
  GuardrailRule,
  PolicyRule,
} from '@plumbline/core'

/**
 * A rule that finds one literal word, wherever it stands: enough to see what a pipeline does with findings, without
 * depending on what the shipped rules find. `id` is `test.WORD` in lower case.
 */
export function wordRule(word: string): GuardrailRule {
  return {
    id: `test.${word.toLowerCase()}`,
    family: 'test',
    directions: ['input', 'output'],
    reach: word.length,
    context: 0,
    version: '1',
    find(text, _place, from = 0) {
      const findings: Finding[] = []
      for (
        let start = text.indexOf(word, from);
        start >= 0;
        start = text.indexOf(word, start + word.length)
      ) {
        findings.push({ type: 'test_word', start, end: start + word.length })
      }
      return findings
    },
    // The longest end of the text that the word could go on from.
    holdFrom(text, from = 0) {
      for (let length = Math.min(word.length - 1, text.length - from); length > 0; length--) {
        if (word.startsWith(text.slice(text.length - length))) return text.length - length
      }
      return text.length
    },
  }
}

/** A policy over given rules. Its fingerprint is spelled out, so that policies that differ have different ones. */
export function testPolicy(rules: readonly PolicyRule[]): GuardrailPolicy {
  const fingerprint = JSON.stringify(
    rules.map(({ rule, directions = rule.directions, ...entry }) => [
      rule.id,
      rule.version,
      directions,
      entry,
    ]),
  )
  return { rules, fingerprint: Buffer.from(fingerprint).toString('hex') }
}

/** A policy of one word and what happens to it. */
export function wordPolicy(
  word: string,
  action: GuardrailAction,
  directions?: readonly Direction[],
): GuardrailPolicy {
  return testPolicy([{ rule: wordRule(word), action, ...(directions ? { directions } : {}) }])
}
