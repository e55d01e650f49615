import type { Finding, GuardrailRule } from './rule.ts'
import { isDigitCode, isWordCode, skipEscape, startsWord } from './word-start.ts'

// ITU-T E.164: at most 15 digits, country code included; `00` or `011` in front adds up to three.
const MAX_DIGITS = 18
const MAX_LENGTH = 32
const MIN_DIGITS = 7
/** More than any way of writing one has. */
const MAX_GROUPS = 8
const MAX_EXTENSION = 12
const REACH = MAX_LENGTH + MAX_EXTENSION
/** How far before a number a word such as "phone" still speaks of it. */
const CONTEXT = 40

const CONTEXT_WORD =
  /\b(?:tele)?phones?\b|\btel\b|\bmobile\b|\bcell(?:ular)?\b|\bfax\b|\bwhats ?app\b|\bsms\b|\bcall(?:ed|ing)? (?:me|us|him|her|them|back|at|on)\b|\bdial(?:l?ed|l?ing)?\b|\bhotline\b|\banswering (?:at|on)\b|\b(?:reach|contact|text|ring) (?:me|us|him|her|them|you) (?:at|on|under)\b|\b(?:ph|mob)[.:]/i
/** What a number is labelled with after it, at the end of a line or before a stop: `555 0147 (office)`, `97 111421-Fax,`. */
const LABEL = /[ -]{1,3}\(?(?:office|fax|mobile|cell|phone|tel|telephone|landline)(?! ?[\w-])/iy
/** A text that has none is not asked for each number. */
const LABEL_ANYWHERE = /(?:office|fax|mobile|cell|phone|tel|telephone|landline)(?! ?[\w-])/i
const UNFINISHED_LABEL = /^[ -]{0,3}\(?([a-z]{0,9}) ?$/i
const LABELS = ['office', 'fax', 'mobile', 'cell', 'phone', 'tel', 'telephone', 'landline']
const MAX_LABEL = 14
const EXTENSION = /,? ?(?:x|ext\.?) ?\d{1,5}/iy
/** Everything that a number with its extension, and what is read after it, can consist of. */
const NUMBER_CHAR = /[\d+() .\-/:,ext]/i

/** A number cut at the end of one of its groups of digits. */
interface Shape {
  plus: boolean
  /** A group stands in parentheses. */
  parenthesis: boolean
  /** Lengths of the groups of digits, joined by `-`: `3-3-4`. */
  groups: string
  digitCount: number
  /** How many characters, `+` and `(`, stand before the first digit. */
  prefix: number
  /** The distinct separators between groups. */
  separators: string
  end: number
}

/** Which characters may stand between two groups of digits, by code; a table, since every digit of a hostile text asks. */
const isSeparator = Array.from({ length: 128 }, (_, code) => '+() .-/'.includes(String.fromCharCode(code)))

/** The readings of the number at `start`, shortest first: one for the end of each group from seven digits on. */
function readNumber(text: string, start: number): Shape[] {
  const shapes: Shape[] = []
  const limit = Math.min(text.length, start + MAX_LENGTH)
  let index = start
  let plus = false
  let parenthesis = false
  let groups = ''
  let groupCount = 0
  let digitCount = 0
  let prefix = 0
  let separators = ''
  while (index < limit && groupCount < MAX_GROUPS) {
    // At most two separators in a row, as in `(0) 20` and `) 555`.
    const gap = index
    let plusInGap = false
    while (index < limit && index - gap < 3 && isSeparator[text.charCodeAt(index)]) {
      const char = text.charAt(index)
      if (char === '+') plus = plusInGap = true
      else if (char === '(' || char === ')') parenthesis = true
      else if (!separators.includes(char)) separators += char
      index++
    }
    if (groupCount === 0) prefix = index - gap
    else if (index === gap || plusInGap) break
    if (index - gap > 2) break
    const group = index
    while (index < limit && isDigitCode(text.charCodeAt(index))) index++
    if (index === group) break
    // Cut by the limit in the middle of a group: no number ends here.
    if (isDigitCode(text.charCodeAt(index))) break
    digitCount += index - group
    if (digitCount > MAX_DIGITS) break
    groups += groupCount === 0 ? String(index - group) : `-${index - group}`
    groupCount++
    if (digitCount >= MIN_DIGITS)
      shapes.push({ plus, parenthesis, groups, digitCount, prefix, separators, end: index })
  }
  return shapes
}

// 3-3-4 with an area code and an exchange that can exist: North American Numbering Plan, nanpa.com.
const NORTH_AMERICAN = /^(?:0011|001|1)?[2-9]\d\d[2-9]\d{6}$/
const NORTH_AMERICAN_GROUPS = /^(?:[134]-)?3-3-4$/
// A trunk `0`, then an area code: 020 7946 0958, 0161 496 0000, 06 12 34 56 78, 030/1234567, 0412 345 678.
const NATIONAL_GROUPS = /^(?:[2-6]-[3-8]|[2-5]-[2-4]-[3-4](?:-[2-4])?|4-2-2-2|3-2-2-2|3-3-2-2|4-3-2-2)$/
// Pairs, as written in France and the Nordic countries: no date has four, no IP address five.
const PAIRS = /^2-2-2-2(?:-2)?$/
const DATE_OR_SSN_GROUPS = /^(?:4-[12]-[12](?:-|$)|[12]-[12]-4|3-2-4$)/

/** Whether the shape is a telephone number by itself, or with a word such as "phone" before it or after its end. */
function isPhone(text: string, start: number, shape: Shape, end: number): boolean {
  const { groups, separators, digitCount: count } = shape
  const hasContext = (): boolean => speaksOfPhone(text, start) || isLabelled(text, end)
  const first = start + shape.prefix
  const startsWithZero = text.charAt(first) === '0'
  if (shape.plus) return count >= 8 && count <= 15 && !startsWithZero
  const grouped = groups.includes('-')
  if (NORTH_AMERICAN_GROUPS.test(groups)) {
    // Dashes, dots and parentheses are how people write telephone numbers; three bare groups are not enough.
    if (separators.includes('-') || separators === '.' || shape.parenthesis) return true
    return NORTH_AMERICAN.test(text.slice(first, shape.end).replaceAll(/\D/g, '')) || hasContext()
  }
  if (PAIRS.test(groups) && separators.length === 1 && (separators === '-' || startsWithZero)) return true
  if (grouped && text.startsWith('00', first) && count >= 10 && groups.startsWith('2')) return true
  // `0431 35 06 90`: no year begins with a zero.
  const isNoDate = startsWithZero && count >= 9 && groups.startsWith('4-')
  if (!isNoDate && DATE_OR_SSN_GROUPS.test(groups)) return false
  if (grouped && startsWithZero && count >= 9 && count <= 11) {
    if (NATIONAL_GROUPS.test(groups) && !separators.includes('.')) return true
  }
  if (shape.parenthesis && count >= 8 && count <= 13) return true
  return count <= 15 && hasContext()
}

/** Where the number whose first digit is at `digit` starts, its `+` and `(` included. */
function numberStart(text: string, digit: number): number {
  let start = digit
  if (text.charAt(start - 1) === '(') start--
  if (text.charAt(start - 1) !== '+') return start
  start--
  return text.charAt(start - 1) === '(' ? start - 1 : start
}

/** True when a number may start at `start`: not inside a word, and not the tail of a longer number, date or version. */
function canStart(text: string, start: number): boolean {
  if (!startsWord(text, start)) return false
  const before = text.charAt(start - 1)
  if ('.-/:,'.includes(before || '?')) return !isDigitCode(text.charCodeAt(start - 2))
  return !'#$€£'.includes(before || '?')
}

function canEnd(text: string, end: number): boolean {
  if (isWordCode(text.charCodeAt(end))) return false
  return !'.-/:,'.includes(text.charAt(end) || '?') || !isDigitCode(text.charCodeAt(end + 1))
}

/** Whether a word such as "phone" stands within `CONTEXT` before `start`. */
function speaksOfPhone(text: string, start: number): boolean {
  const from = Math.max(0, start - CONTEXT)
  // Where numbers stand in rows, most have no letter before them, and so no word.
  let index = start - 1
  while (index >= from && !isLetterCode(text.charCodeAt(index))) index--
  return index >= from && CONTEXT_WORD.test(text.slice(from, start))
}

/** Whether a word such as "fax" follows the number that ends at `end`, as in a signature. */
function isLabelled(text: string, end: number): boolean {
  LABEL.lastIndex = end
  return LABEL.test(text)
}

function isLetterCode(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

/** Where a number of this shape ends, with its extension. */
function endOf(text: string, { end }: Shape): number {
  EXTENSION.lastIndex = end
  const extended = EXTENSION.test(text) ? EXTENSION.lastIndex : end
  return canEnd(text, extended) ? extended : end
}

function phoneEnd(text: string, start: number): number {
  const shapes = readNumber(text, start)
  for (let shape = shapes.pop(); shape; shape = shapes.pop()) {
    const end = endOf(text, shape)
    if (canEnd(text, end) && isPhone(text, start, shape, end)) return end
  }
  return -1
}

/**
 * Whether a number that begins with this group of digits can be a telephone number at all: `isPhone` accepts nothing else.
 * Decided from its first two groups, since hostile texts are made of digits that begin a number each.
 */
function mayBePhone(
  text: string,
  start: number,
  group: { start: number; end: number },
  { parenthesis, hasLabels }: { parenthesis: number; hasLabels: () => boolean },
): boolean {
  // A `+` is in front, or a parenthesis near.
  if (text.charAt(start) === '+' || text.charAt(start + 1) === '+' || parenthesis < start + MAX_LENGTH)
    return true
  const length = group.end - group.start
  // A trunk `0`, or pairs with dashes.
  if (length >= 2 && text.charAt(group.start) === '0') return true
  if (length === 2 && text.charAt(group.end) === '-') return true
  // 3-3-4, perhaps after a country code.
  const next = nextGroupLength(text, group.end)
  if ((length === 1 || length === 3 || length === 4) && next === 3) return true
  return (length >= MIN_DIGITS || next > 0) && (speaksOfPhone(text, start) || hasLabels())
}

/** How many digits follow after at most two separators. */
function nextGroupLength(text: string, end: number): number {
  let from = end
  while (from - end < 2 && isSeparator[text.charCodeAt(from)]) from++
  let to = from
  while (to - from < 4 && isDigitCode(text.charCodeAt(to))) to++
  return to - from
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  const groups = /\d+/g
  groups.lastIndex = from
  const parentheses = /[()]/g
  let parenthesis = -1
  let labels: boolean | undefined
  const hasLabels = (): boolean => (labels ??= LABEL_ANYWHERE.test(text))
  for (let match = groups.exec(text); match; match = groups.exec(text)) {
    const digit = skipEscape(text, match.index)
    // The digits of an escape may be the whole group.
    if (digit >= groups.lastIndex || groups.lastIndex - digit > MAX_DIGITS) continue
    const start = numberStart(text, digit)
    if (start < from || !canStart(text, start)) continue
    if (parenthesis < start) {
      parentheses.lastIndex = start
      parenthesis = parentheses.exec(text)?.index ?? Infinity
    }
    const group = { start: digit, end: groups.lastIndex }
    if (!mayBePhone(text, start, group, { parenthesis, hasLabels })) continue
    const end = phoneEnd(text, start)
    if (end !== -1) findings.push({ type: 'phone', start, end })
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  // Two more than the reach and the label: what follows decides too.
  const limit = Math.max(from, text.length - REACH - MAX_LABEL - 2)
  let run = text.length
  while (run > limit && NUMBER_CHAR.test(text.charAt(run - 1))) run--
  for (let index = limit; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const isDigit = isDigitCode(code)
    if (!isDigit && code !== 43 && code !== 40) continue
    if (isDigit && !canStart(text, index)) continue
    if (index >= run || mayBeLabelled(text, numberStart(text, index)))
      return Math.max(from, numberStart(text, index))
  }
  return text.length
}

/** True when the text ends in the middle of a word that would make a telephone number of what starts at `start`. */
function mayBeLabelled(text: string, start: number): boolean {
  return readNumber(text, start).some((shape) => {
    const [, letters] = UNFINISHED_LABEL.exec(text.slice(endOf(text, shape))) ?? []
    return letters !== undefined && LABELS.some((label) => label.startsWith(letters.toLowerCase()))
  })
}

/**
 * Rule `pii.phone`: telephone numbers, loosely. International (`+44 20 7946 0958`), North American with dashes, dots
 * or parentheses and an extension, national with a trunk `0` and groups, and any 7 to 15 digits after a word such as
 * "phone", or with one after them at the end of a line or a clause. Dates, times, IP addresses, versions and bare order numbers are left alone.
 */
export function phoneRule(): GuardrailRule {
  return {
    id: 'pii.phone',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: CONTEXT,
    version: '2',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
