/** How many code units `startsWord` looks back: `\u00e9` is six. */
export const WORD_START_CONTEXT = 6

/** True for the ASCII letters, digits and `_`. */
export function isWordCode(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
  )
}

/** True for the ASCII digits. */
export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57
}

/**
 * True when a word can start at `index`: nothing, or no ASCII letter, digit or `_`, stands before it. In JSON and in
 * code a line break is written `\n`, so the letter of an escape does not count as the word's own first letter.
 */
export function startsWord(text: string, index: number): boolean {
  if (index === 0 || !isWordCode(text.charCodeAt(index - 1))) return true
  if (text.charCodeAt(index - 2) === 92) return 'nrtbf'.includes(text.charAt(index - 1))
  return text.charCodeAt(index - 6) === 92 && escapeLength(text, index - 5) === 5
}

/**
 * How many code units at `index` belong to a JSON escape whose backslash stands just before it: 1 for the `n` of `\n`,
 * 5 for the `u00e9` of `\u00e9`, 0 when there is none.
 */
export function escapeLength(text: string, index: number): number {
  if (text.charCodeAt(index - 1) !== 92) return 0
  if ('nrtbf'.includes(text.charAt(index)) && index < text.length) return 1
  if (text.charAt(index) !== 'u') return 0
  for (let offset = 1; offset <= 4; offset++) {
    if (!'0123456789abcdefABCDEF'.includes(text.charAt(index + offset) || '?')) return 0
  }
  return 5
}

/** `index`, or the end of the JSON escape that it stands in: past the `9` of `\u00e9`, past the `n` of `\n`. */
export function skipEscape(text: string, index: number): number {
  for (let inside = 0; inside <= 4; inside++) {
    const length = escapeLength(text, index - inside)
    if (length > inside) return index - inside + length
  }
  return index
}
