import type { GuardrailEntrant } from '../detector.ts'
import { replacedSpans } from '../replaced-spans.ts'
import { loadApart } from './installed-apart.ts'

/** What is used of it. */
interface Hai {
  injectionGuard(options: object, detector: object): unknown
  piiGuard(options: object): unknown
  secretGuard(options: object): unknown
  SelectionType: { All: string }
  GuardrailsEngine: new (options: { guards: unknown[] }) => {
    run(messages: { role: string; content: string }[]): Promise<{
      messages: { content: string }[]
      messagesWithGuardResult: { messages: { passed: boolean }[] }[]
    }>
  }
}

/** What it writes in the place of what it found, by the types that are scored. */
const typeOf = {
  '[REDACTED-EMAIL]': 'email',
  '[REDACTED-PHONE]': 'phone',
  '[REDACTED-SSN]': 'ssn',
  '[REDACTED-CREDIT-CARD]': 'card',
  '[REDACTED-IP-ADDRESS]': 'ip',
}

/**
 * The injection guard by pattern, the PII guard and the secret guard, each in an engine. Its injection guard by heuristic, which the
 * README begins with, took 3 s for 80 characters and 27 s for 320 (2026-11-24): no set can be put through it.
 * Its README, "Available Guards" and "Multiple Guards" (1.11.1, read 2026-11-24).
 */
export function loadHaiGuardrails(): GuardrailEntrant {
  const { exports, version } = loadApart('@presidio-dev/hai-guardrails')
  // Not typed here, since it is not installed with this repository.
  const hai = exports as Hai
  const { injectionGuard, piiGuard, secretGuard, GuardrailsEngine, SelectionType } = hai
  const selection = { selection: SelectionType.All }
  const injection = injectionGuard({ roles: ['user'] }, { mode: 'pattern', threshold: 0.7 })
  const pii = piiGuard(selection)
  const secret = secretGuard(selection)
  const engineOf = (...guards: unknown[]) => new GuardrailsEngine({ guards })
  const [injectionEngine, piiEngine, secretEngine] = [engineOf(injection), engineOf(pii), engineOf(secret)]
  const all = engineOf(injection, pii, secret)
  const ask = (content: string) => [{ role: 'user', content }]
  return {
    name: 'hai-guardrails',
    version,
    families: {
      injection: async (text) => {
        const { messagesWithGuardResult } = await injectionEngine.run(ask(text))
        const passed = messagesWithGuardResult.every((guard) => guard.messages.every((one) => one.passed))
        return passed ? [] : [{ type: 'injection' }]
      },
      pii: async (text) => {
        const { messages } = await piiEngine.run(ask(text))
        return replacedSpans(text, messages[0]?.content ?? text, typeOf)
      },
      secret: async (text) => {
        const { messages } = await secretEngine.run(ask(text))
        return messages[0]?.content === text ? [] : [{ type: 'secret' }]
      },
    },
    checkAll: (text) => all.run(ask(text)),
  }
}
