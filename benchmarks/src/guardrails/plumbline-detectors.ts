import {
  assignmentRule,
  cardRule,
  defaultGuardrails,
  emailRule,
  guardText,
  ibanRule,
  injectionRule,
  ipRule,
  phoneRule,
  secretsRule,
  ssnRule,
  urlCredentialsRule,
  type GuardrailRule,
  type TextPlace,
} from '@plumbline/core'

import type { Detect, GuardrailEntrant } from './detector.ts'

const place: TextPlace = { direction: 'input', role: 'user', part: 'content' }

/** Our own rules, as the default policy has them. */
export function plumblineDetectors(): GuardrailEntrant {
  const policy = defaultGuardrails()
  return {
    name: 'plumbline',
    version: 'this commit',
    families: {
      injection: detectWith([injectionRule()]),
      pii: detectWith([
        emailRule(),
        cardRule(),
        phoneRule(),
        ssnRule(),
        ibanRule(),
        ipRule(),
        urlCredentialsRule(),
      ]),
      secret: detectWith([secretsRule(), assignmentRule(), urlCredentialsRule()]),
    },
    checkAll: (text) => guardText(policy, text, place),
  }
}

function detectWith(rules: readonly GuardrailRule[]): Detect {
  return (text) => rules.flatMap((rule) => rule.find(text, place))
}
