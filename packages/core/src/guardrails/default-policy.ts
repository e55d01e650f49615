import { assignmentRule } from './assignment.ts'
import { cardRule } from './card.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { ibanRule } from './iban.ts'
import { injectionRule } from './injection.ts'
import { ipRule } from './ip.ts'
import { lengthRule } from './length.ts'
import { phoneRule } from './phone.ts'
import type { GuardrailPolicy } from './policy.ts'
import { secretsRule } from './secrets.ts'
import { ssnRule } from './ssn.ts'
import { urlCredentialsRule } from './url-credentials.ts'

/**
 * What applies when nothing else is said: input over 100,000 characters and prompt injection are blocked; secrets,
 * e-mail addresses, card, bank account, social security and telephone numbers, IP addresses and the credentials of URLs
 * are redacted on the way in and on the way out.
 */
export function defaultGuardrails(): GuardrailPolicy {
  return defineGuardrails({
    rules: [
      { rule: lengthRule(), action: 'block' },
      { rule: injectionRule(), action: 'block' },
      { rule: secretsRule(), action: 'redact' },
      { rule: assignmentRule(), action: 'redact' },
      { rule: urlCredentialsRule(), action: 'redact' },
      { rule: emailRule(), action: 'redact' },
      { rule: cardRule(), action: 'redact' },
      { rule: ibanRule(), action: 'redact' },
      { rule: ssnRule(), action: 'redact' },
      { rule: phoneRule(), action: 'redact' },
      { rule: ipRule(), action: 'redact' },
    ],
  })
}
