import type { Finding, GuardrailRule } from './rule.ts'
import { isWordCode, startsWord, WORD_START_CONTEXT } from './word-start.ts'

/** How many characters an IBAN of each country has: SWIFT, IBAN Registry, release 99. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29
  ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
  LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25
  QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
/** 32 characters in groups of four. */
const REACH = 32 + 7

/** Exclusive end of the IBAN at `start`; -1 when there is none. */
function ibanEnd(text: string, start: number): number {
  const length = LENGTHS[text.slice(start, start + 2).toUpperCase()]
  if (length === undefined) return -1
  // ISO 7064 MOD 97-10 over the number with its first four characters moved to the end, letters as 10 to 35.
  let head = 0
  let remainder = 0
  let count = 0
  let index = start
  for (; count < length; index++) {
    const code = text.charCodeAt(index)
    // Spaces stand between groups of four.
    if (code === 32 && count % 4 === 0 && text.charCodeAt(index - 1) !== 32) continue
    if (!isWordCode(code) || code === 95) return -1
    const value = Number.parseInt(text.charAt(index), 36)
    if (count >= 2 && count < 4 && value > 9) return -1
    const scale = value > 9 ? 100 : 10
    if (count < 4) head = head * scale + value
    else remainder = (remainder * scale + value) % 97
    count++
  }
  // Two letters and two digits: six digits.
  return (remainder * 1_000_000 + head) % 97 === 1 && !isWordCode(text.charCodeAt(index)) ? index : -1
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  const heads = /[A-Z]{2}\d\d/gi
  heads.lastIndex = from
  for (let head = heads.exec(text); head; head = heads.exec(text)) {
    const start = head.index
    heads.lastIndex = start + 1
    if (!startsWord(text, start)) continue
    const end = ibanEnd(text, start)
    if (end !== -1) findings.push({ type: 'iban', start, end })
  }
  return findings
}

const UNFINISHED = /^[A-Z](?:[A-Z](?:\d(?:\d(?: ?[A-Z0-9]{1,4}){0,8} ?)?)?)?$/i

function holdFrom(text: string, from: number): number {
  for (let index = Math.max(from, text.length - REACH); index < text.length; index++) {
    if (startsWord(text, index) && UNFINISHED.test(text.slice(index))) {
      if (text.length - index < 2 || LENGTHS[text.slice(index, index + 2).toUpperCase()] !== undefined)
        return index
    }
  }
  return text.length
}

/** Rule `pii.iban`: bank account numbers of a length that their country has and with right check digits, in groups of four or in one. */
export function ibanRule(): GuardrailRule {
  return {
    id: 'pii.iban',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: WORD_START_CONTEXT,
    version: '1',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
