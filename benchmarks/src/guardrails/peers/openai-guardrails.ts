import type { GuardrailEntrant } from '../detector.ts'
import { replacedSpans } from '../replaced-spans.ts'
import { loadApart } from './installed-apart.ts'

/** What is used of it. */
interface OpenAIGuardrails {
  pii(
    context: null,
    text: string,
    config: { entities: string[]; block: boolean; detect_encoded_pii: boolean },
  ): Promise<{ info: { checked_text: string } }>
  secretKeysCheck(
    context: object,
    text: string,
    config: { threshold: string },
  ): Promise<{ tripwireTriggered: boolean }>
}

const typeOf = {
  '<EMAIL_ADDRESS>': 'email',
  '<CREDIT_CARD>': 'card',
  '<PHONE_NUMBER>': 'phone',
  '<IBAN_CODE>': 'iban',
  '<US_SSN>': 'ssn',
  '<IP_ADDRESS>': 'ip',
}

/**
 * Its two checks that need no model: `Contains PII` for the types that are scored, masking, and `Secret Keys`, balanced, which is
 * its default. https://openai.github.io/openai-guardrails-js/ref/checks/ (0.2.1, read 2026-11-24).
 */
export function loadOpenAIGuardrails(): GuardrailEntrant {
  const { exports, version } = loadApart('@openai/guardrails')
  // Not typed here, since it is not installed with this repository.
  const { pii, secretKeysCheck } = exports as OpenAIGuardrails
  const entities = Object.keys(typeOf).map((name) => name.slice(1, -1))
  return {
    name: '@openai/guardrails',
    version,
    families: {
      pii: async (text) => {
        const { info } = await pii(null, text, { entities, block: false, detect_encoded_pii: false })
        return replacedSpans(text, info.checked_text, typeOf)
      },
      secret: async (text) => {
        const { tripwireTriggered } = await secretKeysCheck({}, text, { threshold: 'balanced' })
        return tripwireTriggered ? [{ type: 'secret' }] : []
      },
    },
  }
}
