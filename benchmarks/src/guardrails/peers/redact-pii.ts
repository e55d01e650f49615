import type { GuardrailEntrant } from '../detector.ts'
import { replacedSpans } from '../replaced-spans.ts'
import { loadApart } from './installed-apart.ts'

/** What is used of it. */
interface RedactPii {
  SyncRedactor: new (options: object) => { redact(text: string): string }
}

/** The rules that look for what is scored, by the names that they put in its place. */
const typeOf = {
  CREDIT_CARD_NUMBER: 'card',
  PHONE_NUMBER: 'phone',
  IP_ADDRESS: 'ip',
  US_SOCIAL_SECURITY_NUMBER: 'ssn',
  EMAIL_ADDRESS: 'email',
}
const others = [
  'streetAddress',
  'zipcode',
  'username',
  'password',
  'credentials',
  'digits',
  'url',
  'names',
] as const

/**
 * Its own rules for what is scored, the others off: they would take some of it for something else.
 * Its README, "Disable specific built-in redaction rules" (3.4.0, read 2026-11-24).
 */
export function loadRedactPii(): GuardrailEntrant {
  const { exports, version } = loadApart('redact-pii')
  // Not typed here, since it is not installed with this repository.
  const { SyncRedactor } = exports as RedactPii
  const redactor = new SyncRedactor({
    builtInRedactors: Object.fromEntries(others.map((name) => [name, { enabled: false }])),
  })
  return {
    name: 'redact-pii',
    version,
    families: { pii: (text) => replacedSpans(text, redactor.redact(text), typeOf) },
  }
}
