import { CONFUSABLES } from './confusables.ts'

/**
 * A text as rules are to see it, and where it stands in the original. `starts[i]` and `ends[i]` are the place, in UTF-16
 * code units of the original, of the character that unit `i` was made from; both are missing where the two texts agree.
 */
export interface TextView {
  readonly text: string
  readonly starts?: Int32Array
  readonly ends?: Int32Array
}

/** What a character is replaced by; `undefined` when it stays. */
type Disguise = (char: string, code: number) => string | undefined

// Zero-width, bidirectional and other characters that show nothing, variation selectors and combining marks.
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u
const MARK = /^\p{Mn}$/u
const TAGS = 0xe0000
// Longer forms are those of Arabic ligatures, up to 18 letters for one: a text of them would grow as many times.
const LONGEST_FORM = 4

/** NFKC of each character, without those that show nothing; tag characters are read as the ASCII they stand for. */
const compatibility: Disguise = (char, code) => {
  if (code >= TAGS + 32 && code < TAGS + 127) return String.fromCharCode(code - TAGS)
  if (INVISIBLE.test(char)) return ''
  const plain = char.normalize('NFKC')
  return plain === char || plain.length > LONGEST_FORM ? undefined : plain
}

/** As `compatibility`, and letters are read as the ASCII letter that they look like, without combining marks. */
const likeness: Disguise = (char, code) => {
  if (MARK.test(char)) return ''
  // Letters in boxes and circles, and the halves of flags, that have no compatibility form.
  for (const first of [0x1f150, 0x1f170, 0x1f1e6]) {
    if (code >= first && code < first + 26) return String.fromCharCode(97 + code - first)
  }
  return lookalikes().get(char) ?? compatibility(char, code)
}

let table: Map<string, string> | undefined

function lookalikes(): Map<string, string> {
  // oxlint-disable-next-line no-misused-spread -- pairs of characters of the basic plane
  return (table ??= new Map(
    CONFUSABLES.trim()
      .split(/\s+/)
      .map((pair) => [...pair] as [string, string]),
  ))
}

/** A disguise that remembers: there are not that many characters. */
function remembered(disguise: Disguise): Disguise {
  const known = new Map<number, string | undefined>()
  return (char, code) => {
    if (known.has(code)) return known.get(code)
    const result = disguise(char, code)
    known.set(code, result)
    return result
  }
}

const disguises = [remembered(compatibility), remembered(likeness)] as const
const NOT_ASCII = /[^\0-\u007f]/

/**
 * The text as it is read by a machine, and, where that differs, as it looks to the eye: rules match on each. Character by
 * character, so that a stream comes to the same views; a text of ASCII is its own view.
 */
export function viewsOf(text: string): readonly TextView[] {
  if (!NOT_ASCII.test(text)) return [{ text }]
  const [plain, alike] = disguises
  const read = viewThrough(plain, text)
  const looksTheSame = nextChange((char, code) => other(alike, plain, char, code), text, 0) === text.length
  return looksTheSame ? [read] : [read, viewThrough(alike, text)]
}

/** What one disguise makes of a character, where the other makes something else of it. */
function other(one: Disguise, from: Disguise, char: string, code: number): string | undefined {
  const result = one(char, code)
  return result === from(char, code) ? undefined : result
}

function viewThrough(disguise: Disguise, text: string): TextView {
  let index = nextChange(disguise, text, 0)
  if (index === text.length) return { text }
  const starts: number[] = []
  const ends: number[] = []
  let view = ''
  let kept = 0
  const keep = (to: number): void => {
    view += text.slice(kept, to)
    for (let unit = kept; unit < to; unit++) {
      starts.push(unit)
      ends.push(unit + 1)
    }
  }
  while (index < text.length) {
    keep(index)
    const code = text.codePointAt(index) ?? 0
    const char = String.fromCodePoint(code)
    const plain = disguise(char, code) ?? char
    view += plain
    for (let unit = 0; unit < plain.length; unit++) {
      starts.push(index)
      ends.push(index + char.length)
    }
    kept = index + char.length
    index = nextChange(disguise, text, kept)
  }
  keep(text.length)
  return { text: view, starts: Int32Array.from(starts), ends: Int32Array.from(ends) }
}

/** The first character at or after `from` that a disguise changes; the length of the text when there is none. */
function nextChange(disguise: Disguise, text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 128) continue
    const code = text.codePointAt(index) ?? unit
    if (disguise(String.fromCodePoint(code), code) !== undefined) return index
    if (code > 0xffff) index++
  }
  return text.length
}

/** The first unit of the view that was made from `index` of the original, or from what follows it. */
export function toView({ text, starts }: TextView, index: number): number {
  if (!starts) return Math.min(index, text.length)
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) < index) low = middle + 1
    else high = middle
  }
  return low
}

/** Where in the original the unit at `index` of the view starts; `length`, that of the original, past its end. */
export function toOriginal({ text, starts }: TextView, index: number, length: number): number {
  if (index >= text.length) return length
  return starts?.[index] ?? index
}

/** A stretch of a view, in the original: from the start of its first character to the end of its last. */
export function spanInOriginal(
  { starts, ends }: TextView,
  start: number,
  end: number,
): { start: number; end: number } {
  return { start: starts?.[start] ?? start, end: ends?.[end - 1] ?? end }
}
