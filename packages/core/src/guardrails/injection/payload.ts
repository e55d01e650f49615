/** Text that was hidden in another, made legible, and where it stood, in UTF-16 code units. */
export interface HiddenText {
  text: string
  start: number
  end: number
  /** Encoded text is there to be decoded; the rest is the text itself, spelled otherwise. */
  encoded: boolean
}

/** So much of a hidden text is read. */
const LONGEST = 4096

const SPACED = /(?<![a-z\d])(?:[a-z\d][ .\-_*|]{1,3}){7,4000}[a-z\d](?![a-z\d])/gi
const LEET_WORD = /[a-z\d@$!|€+]{2,40}/gi
const BASE64 = /(?<![a-z\d+/])[a-z\d+/]{20,8000}={0,2}/gi
const HEX = /(?<![a-z\d])(?:[\da-f]{2}[ :]?){12,4000}/i
const LEGIBLE = /^[\s\x20-\x7e\u00a0-\uffff]+$/

const letters: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '€': 'e',
  '+': 't',
}

/**
 * What `text` hides from whoever reads it as it stands: letters set apart, digits for letters, base64 and hex, and, where
 * it speaks of ciphers, ROT13 and the text backwards. Each is undone once; nothing in it is decoded again.
 */
export function hiddenIn(text: string, speaksOfCiphers: boolean): HiddenText[] {
  const hidden: HiddenText[] = []
  const respelled = (plain: string): void => {
    hidden.push({ text: plain, start: 0, end: text.length, encoded: false })
  }
  const { escapes, longestRun, singles, pairs, digitsInWords } = countTricks(text)
  if (escapes > 12 && escapes * 4 > text.length) respelled(text.replaceAll('\\', ''))
  const closed = singles > 7 ? closeUp(text) : text
  if (closed !== text) respelled(closed)
  if (digitsInWords > 1) respelled(text.replace(LEET_WORD, readLeet))
  if (longestRun >= 20) {
    for (const match of text.matchAll(BASE64)) {
      const plain = decodeBase64(match[0])
      const start = match.index
      if (plain) hidden.push({ text: plain, start, end: start + match[0].length, encoded: true })
      if (hidden.length > 8) break
    }
  }
  const hex = longestRun >= 24 || pairs > 11 ? HEX.exec(text) : null
  const fromHex = hex && decodeHex(hex[0])
  if (fromHex) {
    hidden.push({ text: fromHex, start: hex.index, end: hex.index + hex[0].length, encoded: true })
  }
  if (speaksOfCiphers) {
    const head = text.slice(0, LONGEST)
    const place = { start: 0, end: head.length, encoded: true }
    hidden.push({ text: [...head].reverse().join(''), ...place }, { text: rot13(head), ...place })
  }
  return hidden
}

/** What of these tricks there is to undo, by one look at each character. */
function countTricks(text: string): {
  escapes: number
  longestRun: number
  /** The most runs of one letter, and of two, one after the other. */
  singles: number
  pairs: number
  digitsInWords: number
} {
  let escapes = 0
  let longestRun = 0
  let singles = 0
  let pairs = 0
  let singlesHere = 0
  let pairsHere = 0
  let digitsInWords = 0
  let runStart = 0
  let digitAt = -1
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : 0
    const letter = (code | 32) >= 97 && (code | 32) <= 122
    if (letter || code === 43 || code === 47 || (code >= 48 && code <= 57)) {
      if (!letter && index > runStart) digitAt = index
      else if (letter && digitAt > runStart) {
        digitsInWords++
        digitAt = -1
      }
      continue
    }
    if (code === 92) escapes++
    const run = index - runStart
    if (run > longestRun) longestRun = run
    // Nothing between two marks breaks no row.
    if (run > 0) {
      singlesHere = run === 1 ? singlesHere + 1 : 0
      pairsHere = run === 2 ? pairsHere + 1 : 0
      if (singlesHere > singles) singles = singlesHere
      if (pairsHere > pairs) pairs = pairsHere
    }
    runStart = index + 1
    digitAt = -1
  }
  return { escapes, longestRun, singles, pairs, digitsInWords }
}

/** `i g n o r e   t h i s` as `ignore this`. */
function closeUp(text: string): string {
  return text.replace(SPACED, (run) =>
    run.replace(/([a-z\d])([ .\-_*|]{1,3})(?=[a-z\d])/gi, (_all, letter: string, gap: string) =>
      gap.length > 1 ? `${letter} ` : letter,
    ),
  )
}

function readLeet(word: string): string {
  if (!/[a-z]/i.test(word)) return word
  // Two in a row are what "a11" ends in; one is oftener an i.
  return word.replaceAll('11', 'll').replace(/[01345789@$!|€+]/g, (char) => letters[char] ?? char)
}

function decodeBase64(code: string): string | undefined {
  const bare = code.replaceAll('=', '').slice(0, LONGEST)
  if (bare.length % 4 === 1) return undefined
  return legible(Uint8Array.from(atob(bare), (char) => char.charCodeAt(0)))
}

function decodeHex(code: string): string | undefined {
  const digits = code.replace(/[ :]/g, '').slice(0, LONGEST)
  return legible(
    Uint8Array.from({ length: digits.length >> 1 }, (_none, index) =>
      Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
    ),
  )
}

function legible(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes)
  return LEGIBLE.test(text) && !text.includes('\ufffd') ? text : undefined
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0)
    const first = code < 97 ? 65 : 97
    return String.fromCharCode(first + ((code - first + 13) % 26))
  })
}
