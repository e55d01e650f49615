/** Letters as the lexicon sees them: without case and accents. */

// Classes of characters: what is no part of a word, the gap in a phrase, the letters of ASCII, and whatever else.
export const NONE = 0
export const GAP = 1
export const OTHER = 39
export const CLASSES = 40

/** The class of each ASCII character. */
export const classes = Uint8Array.from({ length: 128 }, (_none, code) => {
  const index = "abcdefghijklmnopqrstuvwxyz0123456789'".indexOf(String.fromCharCode(code).toLowerCase())
  return index === -1 ? NONE : index + 2
})

// With the vowel signs of India.
const LETTER = /^[\p{L}\p{N}\p{Mc}\u0900-\u0dff]/u
// By code unit, filled as they come; no text of ASCII needs it.
let folded: Uint16Array | undefined
const UNKNOWN = 0xffff

/** The letter in lower case and without its accents; 0 for what is no part of a word. */
export function foldWide(code: number): number {
  folded ??= new Uint16Array(0x10000).fill(UNKNOWN)
  let letter = folded[code] ?? 0
  if (letter === UNKNOWN) {
    const char = String.fromCharCode(code)
    // Syllables of Hangul and kana have parts too, but those are no accents.
    const plain = (code < 0x2000 ? char.normalize('NFD') : char).toLowerCase()
    letter = code === 0x2019 ? 39 : LETTER.test(plain) ? plain.charCodeAt(0) : 0
    folded[code] = letter
  }
  return letter
}

/** The class of a UTF-16 code unit. */
export function classOf(code: number): number {
  if (code < 128) return classes[code] ?? NONE
  const letter = foldWide(code)
  if (letter === 0) return NONE
  return letter < 128 ? (classes[letter] ?? NONE) : OTHER
}

/** Scripts without spaces between words: a word may start, and end, at every letter. */
export function isUnspaced(code: number): boolean {
  return (
    code >= 0xe00 &&
    (code <= 0xe7f || (code >= 0x2e80 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af))
  )
}

/** What stands between the words of a phrase: spaces, and what is set between words instead of them. */
export function isGap(code: number): boolean {
  return (
    code === 32 || code === 9 || code === 10 || code === 13 || code === 45 || code === 95 || code === 0xa0
  )
}
