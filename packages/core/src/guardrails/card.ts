import type { Finding, GuardrailRule } from './rule.ts'
import { isDigitCode, isWordCode, skipEscape, startsWord, WORD_START_CONTEXT } from './word-start.ts'

// ISO/IEC 7812-1: a payment card number has at most 19 digits; the shortest in use (Maestro) has 12.
const MIN_DIGITS = 12
const MAX_DIGITS = 19
/** Groups before the last have at least three digits, so at most six separators stand between 19 of them. */
const REACH = MAX_DIGITS + 6

/** True when the number of `count` digits passes the Luhn check (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: readonly number[], count: number = digits.length): boolean {
  let sum = 0
  for (let index = count - 1, double = false; index >= 0; index--, double = !double) {
    const digit = digits[index] ?? 0
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/**
 * True when the leading digits belong to a payment network. One number in ten passes the Luhn check, and times in
 * milliseconds (1…), dates (20…) and order numbers are as long as cards.
 * Source: "Payment card number", Wikipedia, table of issuer identification numbers.
 */
function hasIssuer(digits: readonly number[], count: number): boolean {
  const lead = (length: number): number =>
    digits.slice(0, length).reduce((value, digit) => value * 10 + digit, 0)
  switch (digits[0]) {
    case 4:
    case 5:
    case 6:
      return true
    case 3:
      return lead(2) === 30 || lead(2) >= 34
    case 2:
      // JCB, cards issued before 1989 and still in test data.
      if (count === 15 && lead(4) === 2131) return true
      // Mir 2200-2204, GPN 2205, Mastercard 2221-2720.
      return count >= 16 && ((lead(4) >= 2200 && lead(4) <= 2205) || (lead(4) >= 2221 && lead(4) <= 2720))
    case 1:
      // UATP.
      return count === 15
    case 9:
      // Troy.
      return count === 16 && lead(4) === 9792
    default:
      return false
  }
}

/** The end of a card that starts at `start`, a digit with no digit before it; -1 when there is none. */
function cardEnd(text: string, start: number): number {
  const digits: number[] = []
  const ends: number[] = []
  let index = start
  for (;;) {
    const group = index
    while (digits.length <= MAX_DIGITS && isDigitCode(text.charCodeAt(index))) {
      digits.push(text.charCodeAt(index) - 48)
      index++
    }
    if (index === group || digits.length > MAX_DIGITS) break
    ends.push(index)
    const separator = text.charAt(index)
    if (index - group < 3 || (separator !== ' ' && separator !== '-')) break
    index++
  }
  // Longest first: a card whose last group is followed by a date of two digits would else swallow or miss it.
  for (let last = ends.length - 1; last >= 0; last--) {
    const end = ends[last] ?? start
    const count = end - start - last
    if (count < MIN_DIGITS) return -1
    if (isWordCode(text.charCodeAt(end))) continue
    // The last group of a UUID has twelve characters.
    if (last === 0 && count === 12 && /[0-9a-f]-$/i.test(text.slice(Math.max(0, start - 2), start))) continue
    if (hasIssuer(digits, count) && passesLuhn(digits, count)) return end
  }
  return -1
}

/** True for a digit at which a card may start: not inside a word, a longer number, a telephone number or a decimal fraction. */
function canStart(text: string, index: number): boolean {
  // A letter that no hexadecimal number has may stand right before: what is pasted runs together.
  if (!startsWord(text, index) && !/[g-z]/i.test(text.charAt(index - 1))) return false
  if (text.charAt(index - 1) === '+') return false
  return !'.,'.includes(text.charAt(index - 1) || '?') || !isDigitCode(text.charCodeAt(index - 2))
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  const groups = /\d+/g
  groups.lastIndex = from
  for (let group = groups.exec(text); group; group = groups.exec(text)) {
    const { lastIndex: groupEnd } = groups
    // As most numbers are: too short, and nothing of a card after it.
    const next = groupEnd - group.index < MIN_DIGITS ? text.charCodeAt(groupEnd) : 32
    if (next !== 32 && next !== 45) continue
    if (groupEnd - group.index < 3) continue
    const start = skipEscape(text, group.index)
    // The digits of an escape may be the whole group.
    if (start >= groupEnd || groupEnd - start > MAX_DIGITS || !canStart(text, start)) continue
    const end = cardEnd(text, start)
    if (end !== -1) findings.push({ type: 'card', start, end })
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  // One more than the reach: what follows the last digit decides too.
  const limit = Math.max(from, text.length - REACH - 1)
  let run = text.length
  while (run > limit && /[\d -]/.test(text.charAt(run - 1))) run--
  for (let index = run; index < text.length; index++) {
    if (isDigitCode(text.charCodeAt(index)) && canStart(text, index)) return index
  }
  return text.length
}

/**
 * Rule `pii.card`: payment card numbers of 12 to 19 digits that pass the Luhn check and start like a card, whole or
 * in groups joined by single spaces or dashes. Never a part of a longer run of digits.
 */
export function cardRule(): GuardrailRule {
  return {
    id: 'pii.card',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: WORD_START_CONTEXT,
    version: '3',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
