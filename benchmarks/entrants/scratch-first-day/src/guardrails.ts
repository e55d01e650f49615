import { GuardrailBlockedError, type ChatMessage } from '@plumbline/core'

const personalData: [RegExp, string][] = [
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[EMAIL]'],
  [/\b\d{3}-\d{2}-\d{4}\b/g, '[SSN]'],
  [/\b(?:\d[ -]?){13,16}\b/g, '[CARD]'],
  [/(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b/g, '[PHONE]'],
]
const injections = [
  /ignore (?:all |any )?(?:the )?(?:previous|prior|above) instructions/i,
  /disregard (?:all |any )?(?:the )?(?:previous|prior|above)/i,
  /you are now (?:in )?(?:dan|developer mode)/i,
  /(?:reveal|print|show) (?:me )?(?:your|the) system prompt/i,
]

/** The messages without personal data; throws when one of them looks like a prompt injection. */
export function guardInput(messages: ChatMessage[]): ChatMessage[] {
  return messages.map((message) => {
    const { content } = message
    if (typeof content !== 'string') return message
    if (injections.some((pattern) => pattern.test(content))) {
      throw new GuardrailBlockedError('Blocked: this looks like a prompt injection.', {
        ruleId: 'injection',
        direction: 'input',
      })
    }
    return { ...message, content: redact(content) }
  })
}

export function redact(text: string): string {
  return personalData.reduce((rest, [pattern, name]) => rest.replace(pattern, name), text)
}
