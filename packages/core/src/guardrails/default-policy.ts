import { cardRule } from './card.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { injectionRule } from './injection.ts'
import { lengthRule } from './length.ts'
import { phoneRule } from './phone.ts'
import type { GuardrailPolicy } from './policy.ts'
import { secretsRule } from './secrets.ts'

/**
 * What applies when nothing else is said: input over 100,000 characters and prompt injection are blocked; secrets,
 * e-mail addresses, card and telephone numbers are redacted on the way in and on the way out.
 */
export function defaultGuardrails(): GuardrailPolicy {
  return defineGuardrails({
    rules: [
      { rule: lengthRule(), action: 'block' },
      { rule: injectionRule(), action: 'block' },
      { rule: secretsRule(), action: 'redact' },
      { rule: emailRule(), action: 'redact' },
      { rule: cardRule(), action: 'redact' },
      { rule: phoneRule(), action: 'redact' },
    ],
  })
}
