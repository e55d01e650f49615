import {
  defaultGuardrails,
  defineGuardrails,
  emailRule,
  holdBound,
  type GuardrailPolicy,
} from '@plumbline/core'
import type { GuardrailHold } from '@plumbline/report'

/** The most of a streamed answer that our own policies hold back: counted from the rules, held to by GRD-11. */
export function streamHolds(): GuardrailHold[] {
  const policy = defaultGuardrails()
  const masking = policy.rules.map((entry) =>
    entry.action === 'redact' ? { ...entry, action: 'mask' as const } : entry,
  )
  const policies: [name: string, policy: GuardrailPolicy][] = [
    ['default', policy],
    ['default, masking what it redacts', defineGuardrails({ rules: masking })],
    [
      'default without secret.key',
      defineGuardrails({ rules: policy.rules.filter(({ rule }) => rule.id !== 'secret.key') }),
    ],
    ['pii.email alone', defineGuardrails({ rules: [{ rule: emailRule(), action: 'redact' }] })],
    ['hold: all', defineGuardrails({ rules: policy.rules, hold: 'all' })],
  ]
  return policies.map(([name, held]) => {
    const chars = holdBound(held)
    return { policy: name, chars: Number.isFinite(chars) ? chars : null }
  })
}
