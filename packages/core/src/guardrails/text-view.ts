import { CONFUSABLES } from './confusables.ts'

/** A text as rules are to see it, and where it stands in the original. */
export interface TextView {
  readonly text: string
  /**
   * Four numbers for each character that is not the original's, in UTF-16 code units: where it starts and ends there, and
   * where what it became starts and ends here. Missing where the two texts agree.
   */
  readonly changes?: Int32Array
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

/** What the two views make of a character; the very same object when they agree, `same` when neither changes it. */
interface Forms {
  readonly plain: string | undefined
  readonly alike: string | undefined
}

const same: Forms = { plain: undefined, alike: undefined }
/** Of characters that were met; there are not that many. */
const met = new Map<number, Forms>()
/** 1 for the characters of the basic plane that were met and stay as they are: by far the most. */
let staying: Uint8Array | undefined

function formsOf(code: number): Forms {
  staying ??= new Uint8Array(0x10000)
  if (code < 0x10000 && staying[code] === 1) return same
  let forms = met.get(code)
  if (!forms) {
    const char = String.fromCodePoint(code)
    forms = { plain: compatibility(char, code), alike: likeness(char, code) }
    if (forms.plain === undefined && forms.alike === undefined) forms = same
    if (forms === same && code < 0x10000) staying[code] = 1
    else met.set(code, forms)
  }
  return forms
}

const NOT_ASCII = /[^\0-\u007f]/

/**
 * The text as it is read by a machine, and, where that differs, as it looks to the eye: rules match on each. Character by
 * character, so that a stream comes to the same views; a text of ASCII is its own view.
 */
export function viewsOf(text: string): readonly TextView[] {
  const first = text.search(NOT_ASCII)
  if (first === -1) return [{ text }]
  let changed = false
  let differs = false
  for (let index = first; index < text.length && !differs; index++) {
    if (text.charCodeAt(index) < 128) continue
    const code = text.codePointAt(index) ?? 0
    if (code > 0xffff) index++
    const { plain, alike } = formsOf(code)
    changed ||= plain !== undefined
    differs = plain !== alike
  }
  // The rest may still be changed where the views differ.
  const read = changed || differs ? viewThrough('plain', text, first) : { text }
  return differs ? [read, viewThrough('alike', text, first)] : [read]
}

/** How many characters a view changes, from `first` on. */
function countChanges(form: keyof Forms, text: string, first: number): number {
  let count = 0
  for (let index = first; index < text.length; index++) {
    if (text.charCodeAt(index) < 128) continue
    const code = text.codePointAt(index) ?? 0
    if (code > 0xffff) index++
    if (formsOf(code)[form] !== undefined) count++
  }
  return count
}

function viewThrough(form: keyof Forms, text: string, first: number): TextView {
  const count = countChanges(form, text, first)
  if (count === 0) return { text }
  // Of the right size at once: a list that grows costs a text of 32k changes ten times as much as all the rest.
  const changes = new Int32Array(count * 4)
  let at = 0
  let view = ''
  let kept = 0
  for (let index = first; index < text.length; index++) {
    if (text.charCodeAt(index) < 128) continue
    const start = index
    const code = text.codePointAt(index) ?? 0
    if (code > 0xffff) index++
    const plain = formsOf(code)[form]
    if (plain === undefined) continue
    if (kept < start) view += text.slice(kept, start)
    changes[at++] = start
    changes[at++] = index + 1
    changes[at++] = view.length
    view += plain
    changes[at++] = view.length
    kept = index + 1
  }
  return { text: view + text.slice(kept), changes }
}

const UNCHANGED = new Int32Array(0)

/** Which of the four numbers of a change. */
const START = 0
const END = 1
const VIEW_START = 2
const VIEW_END = 3

/** The place in `changes` of the last change whose number is under `limit`; -4 when there is none. */
function lastBefore(changes: Int32Array, number: number, limit: number): number {
  let low = 0
  let high = changes.length >> 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle * 4 + number] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return (low - 1) * 4
}

/** The first unit of the view that was made from `index` of the original, or from what follows it. */
export function toView({ text, changes = UNCHANGED }: TextView, index: number): number {
  const at = lastBefore(changes, START, index)
  if (at < 0) return Math.min(index, text.length)
  const beyond = Math.max(0, index - (changes[at + END] ?? 0))
  return Math.min((changes[at + VIEW_END] ?? 0) + beyond, text.length)
}

/** Where in the original the character starts, and ends, that unit `index` of the view was made from. */
function charInOriginal(changes: Int32Array, index: number): { start: number; end: number } {
  const at = lastBefore(changes, VIEW_START, index + 1)
  if (at < 0) return { start: index, end: index + 1 }
  const beyond = index - (changes[at + VIEW_END] ?? 0)
  const end = changes[at + END] ?? 0
  return beyond < 0
    ? { start: changes[at + START] ?? 0, end }
    : { start: end + beyond, end: end + beyond + 1 }
}

/** Where in the original the unit at `index` of the view starts; `length`, that of the original, past its end. */
export function toOriginal({ text, changes }: TextView, index: number, length: number): number {
  if (index >= text.length) return length
  return changes ? charInOriginal(changes, index).start : index
}

/** A stretch of a view, in the original: from the start of its first character to the end of its last. */
export function spanInOriginal(
  { changes }: TextView,
  start: number,
  end: number,
): { start: number; end: number } {
  if (!changes) return { start, end }
  return { start: charInOriginal(changes, start).start, end: charInOriginal(changes, end - 1).end }
}
