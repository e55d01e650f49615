import type { ChatMessage, ChatRequest } from '../contract/wire.ts'

/** Letters, marks, digits, spaces and the marks of plain sentences. Anything else may be code, JSON, a URL, a formula or a quotation. */
const plainLine = /^(?! )[\p{L}\p{M}\p{N}\p{Zs},.;:!?…'’-]*$/u
/** An apostrophe stands inside a word; elsewhere it quotes, and what is quoted is meant as it is written. */
const quotation = /(?<![\p{L}\p{N}])['’]|['’](?!\p{L})/u
/**
 * A word with its only capital in front: at the start of a sentence, or by habit. `US`, `iOS` and `pH` are other words than `us`, and
 * after a number `Mm`, `Pa` and `K` are other units than `mm`, `pa` and `k`.
 */
const titled = /(?<![\p{L}\p{M}\p{N}'’-]|\p{N} )\p{Lu}(?=[\p{Ll}\p{M}'’]*(?![\p{L}\p{M}\p{N}]))/gu
/**
 * A text as one that asks the same in other case, space and punctuation: spaces are run together, capitals at the start of words are
 * made small, and the marks that end a line are left out. A text that holds anything but plain sentences is returned as it is: in
 * code, JSON, numbers with signs and quotations every character counts. So is whatever stands inside a line: `-5`, `1.5`, `C++`.
 */
export function normaliseText(text: string): string {
  const lines = text.normalize('NFC').trim().split(/\r?\n/)
  if (!lines.every((line) => plainLine.test(line) && !quotation.test(line))) return text
  return lines
    .map((line) =>
      withoutEnding(
        line
          .replace(/\p{Zs}+/gu, ' ')
          .replace(titled, (letter) => letter.toLowerCase())
          .replaceAll('’', "'"),
      ).trimEnd(),
    )
    .join('\n')
}

/**
 * A line without the marks that end it. After a digit `!` is a factorial, and a mark after a space belongs to nothing. A loop:
 * an expression that looks for a run of marks at the end begins to read at each mark of a run that is not at the end.
 */
function withoutEnding(line: string): string {
  const text = line.trimEnd()
  let end = text.length
  while (end > 0 && '.?!…'.includes(text.charAt(end - 1))) end--
  const before = text.charAt(end - 1)
  if (end < text.length && (/\s/.test(before) || (/\d/.test(before) && text.includes('!', end)))) end++
  return text.slice(0, end)
}

/** The request with its last message normalised, where that is the user's. All before it, and all other fields, stay as they are. */
export function normaliseRequest(request: ChatRequest): ChatRequest {
  const last = request.messages.at(-1)
  if (last?.role !== 'user') return request
  return { ...request, messages: [...request.messages.slice(0, -1), normaliseMessage(last)] }
}

function normaliseMessage(message: ChatMessage): ChatMessage {
  const { content } = message
  if (typeof content === 'string') return { ...message, content: normaliseText(content) }
  if (!Array.isArray(content)) return message
  return {
    ...message,
    content: content.map((part) =>
      part.type === 'text' && typeof part.text === 'string'
        ? { ...part, text: normaliseText(part.text) }
        : part,
    ),
  }
}
