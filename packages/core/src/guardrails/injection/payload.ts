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

const SHORTEST_BASE64 = 20
const LONGEST_BASE64 = 8000
const SPACED = /(?<![a-z\d])(?:[a-z\d][ .\-_*|]{1,3}){7,4000}[a-z\d](?![a-z\d])/gi
const LONGEST_LEET = 40
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
  const { escapes, longestRun, longRuns, singles, pairs, digitsInWords } = countTricks(text)
  if (escapes > 12 && escapes * 4 > text.length) respelled(text.replaceAll('\\', ''))
  const closed = singles > 7 ? closeUp(text) : text
  if (closed !== text) respelled(closed)
  const spelledOut = digitsInWords > 1 ? readLeet(text) : text
  if (spelledOut !== text) respelled(spelledOut)
  for (const run of longRuns) {
    const { start, end } = codeAt(text, run)
    const plain = decodeBase64(text.slice(start, end))
    if (plain) hidden.push({ text: plain, start, end, encoded: true })
    if (hidden.length > 8) break
  }
  const hex = longestRun >= 24 || pairs > 11 ? HEX.exec(text) : null
  const fromHex = hex && decodeHex(hex[0])
  if (fromHex) {
    hidden.push({ text: fromHex, start: hex.index, end: hex.index + hex[0].length, encoded: true })
  }
  if (speaksOfCiphers) {
    const head = text.slice(0, LONGEST)
    const place = { start: 0, end: head.length, encoded: true }
    hidden.push({ text: backwards(head), ...place }, { text: rot13(head), ...place })
  }
  return hidden
}

/** What a run of letters is made of: a letter is 1, a digit, `+` or `/` is 2, anything else is 0. */
const runKinds = Uint8Array.from({ length: 128 }, (_none, code) => {
  const char = String.fromCharCode(code)
  return /[a-z]/i.test(char) ? 1 : /[\d+/]/.test(char) ? 2 : 0
})

interface Run {
  start: number
  /** Exclusive. */
  end: number
}

/** What of these tricks there is to undo, by one look at each character. */
function countTricks(text: string): {
  escapes: number
  longestRun: number
  /** Those that may be base64. */
  longRuns: readonly Run[]
  /** The most runs of one letter, and of two, one after the other. */
  singles: number
  pairs: number
  digitsInWords: number
} {
  const { length } = text
  const longRuns: Run[] = []
  let escapes = 0
  let longestRun = 0
  let singles = 0
  let pairs = 0
  let singlesHere = 0
  let pairsHere = 0
  let digitsInWords = 0
  for (let index = 0; index < length; index++) {
    const start = index
    let digitBefore = false
    for (; index < length; index++) {
      const code = text.charCodeAt(index)
      const kind = code < 128 ? runKinds[code] : 0
      if (kind === 0) {
        if (code === 92) escapes++
        break
      }
      // A digit between letters; one that a word begins with counts for nothing.
      if (kind === 2) digitBefore ||= index > start
      else if (digitBefore) {
        digitsInWords++
        digitBefore = false
      }
    }
    const run = index - start
    // Nothing between two marks breaks no row.
    if (run === 0) continue
    singlesHere = run === 1 ? singlesHere + 1 : 0
    pairsHere = run === 2 ? pairsHere + 1 : 0
    if (run < 3) {
      if (singlesHere > singles) singles = singlesHere
      if (pairsHere > pairs) pairs = pairsHere
      continue
    }
    if (run > longestRun) longestRun = run
    if (run >= SHORTEST_BASE64) longRuns.push({ start, end: index })
  }
  return { escapes, longestRun, longRuns, singles, pairs, digitsInWords }
}

/** So much of a run as is read as base64, with its padding. */
function codeAt(text: string, { start, end }: Run): Run {
  if (end - start > LONGEST_BASE64) return { start, end: start + LONGEST_BASE64 }
  let padded = end
  while (padded - end < 2 && text.charCodeAt(padded) === 61) padded++
  return { start, end: padded }
}

/** `i g n o r e   t h i s` as `ignore this`. */
function closeUp(text: string): string {
  return text.replace(SPACED, (run) =>
    run.replace(/([a-z\d])([ .\-_*|]{1,3})(?=[a-z\d])/gi, (_all, letter: string, gap: string) =>
      gap.length > 1 ? `${letter} ` : letter,
    ),
  )
}

/** 1 for a letter, 2 for what may stand for one, 3 for the digits that do not; 0 for what is in no such word. */
const leetKinds = Uint8Array.from({ length: 128 }, (_none, code) => {
  const char = String.fromCharCode(code)
  return /[a-z]/i.test(char) ? 1 : char in letters ? 2 : /\d/.test(char) ? 3 : 0
})

function leetKind(code: number): number {
  return code < 128 ? (leetKinds[code] ?? 0) : code === 0x20ac ? 2 : 0
}

/** `1gn0r3 th15` as `ignore this`: words of letters and what may stand for letters, up to 40 characters at a time. */
function readLeet(text: string): string {
  let plain = ''
  let kept = 0
  for (let index = 0; index < text.length; index++) {
    const start = index
    let seen = 0
    for (; index < text.length && index - start < LONGEST_LEET; index++) {
      const kind = leetKind(text.charCodeAt(index))
      if (kind === 0) break
      seen |= kind === 3 ? 0 : kind
    }
    // Letters and others both.
    if (seen === 3) {
      plain += text.slice(kept, start) + readLeetWord(text.slice(start, index))
      kept = index
    }
    // After forty characters the next may begin another word.
    if (index - start === LONGEST_LEET) index--
  }
  return kept === 0 ? text : plain + text.slice(kept)
}

function readLeetWord(word: string): string {
  // Two in a row are what "a11" ends in; one is oftener an i.
  return word.replaceAll('11', 'll').replace(/[01345789@$!|€+]/g, (char) => letters[char] ?? char)
}

function decodeBase64(code: string): string | undefined {
  const bare = code.replaceAll('=', '').slice(0, LONGEST)
  if (bare.length % 4 === 1) return undefined
  // Most runs of letters are names and paths, which the first bytes give away.
  if (hasControls(atob(bare.slice(0, 16)))) return undefined
  const bytes = atob(bare)
  return hasControls(bytes) ? undefined : legible(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}

/** Whether there is a byte that no legible text holds. */
function hasControls(bytes: string): boolean {
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes.charCodeAt(index)
    if (byte === 127 || (byte < 32 && (byte < 9 || byte > 13))) return true
  }
  return false
}

function decodeHex(code: string): string | undefined {
  const digits = code.replace(/[ :]/g, '').slice(0, LONGEST)
  return legible(
    Uint8Array.from({ length: digits.length >> 1 }, (_none, index) =>
      Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
    ),
  )
}

let decoder: TextDecoder | undefined

function legible(bytes: Uint8Array): string | undefined {
  decoder ??= new TextDecoder()
  const text = decoder.decode(bytes)
  return LEGIBLE.test(text) && !text.includes('\ufffd') ? text : undefined
}

/** Of at most `LONGEST` characters, which are made at once. */
function fromCodes(codes: Uint16Array): string {
  return Reflect.apply(String.fromCharCode, undefined, codes)
}

function backwards(text: string): string {
  const last = text.length - 1
  const codes = new Uint16Array(text.length)
  for (let index = 0; index <= last; index++) {
    const code = text.charCodeAt(last - index)
    codes[index] = code
    const half = index > 0 ? (codes[index - 1] ?? 0) : 0
    // Characters of two units keep their halves in order.
    if ((code & 0xfc00) !== 0xd800 || (half & 0xfc00) !== 0xdc00) continue
    codes[index - 1] = code
    codes[index] = half
  }
  return fromCodes(codes)
}

function rot13(text: string): string {
  const codes = new Uint16Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const lower = code | 32
    const isLetter = code < 128 && lower >= 97 && lower <= 122
    codes[index] = !isLetter ? code : lower < 110 ? code + 13 : code - 13
  }
  return fromCodes(codes)
}
