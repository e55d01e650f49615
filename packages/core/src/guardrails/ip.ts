import type { Finding, GuardrailRule } from './rule.ts'
import { isDigitCode, isWordCode, skipEscape, startsWord, WORD_START_CONTEXT } from './word-start.ts'

/** The longest IPv6 address, with an IPv4 one at its end. */
const REACH = 45
const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
const IPV4 = new RegExp(String.raw`(?:${OCTET}\.){3}${OCTET}(?!\w|\.\d)`, 'y')
const RUN = /[\da-f:.]{3,46}/iy

/** True where an address may start: not inside a word, a version (`v1.2.3.4`) or another address. */
function canStart(text: string, index: number): boolean {
  if (!startsWord(text, index)) return false
  return !'.:'.includes(text.charAt(index - 1) || '?') || !/[\da-f:.]/i.test(text.charAt(index - 2))
}

/** RFC 4291, section 2.2: eight groups, or fewer with one `::`; the last two may be written as IPv4. */
function isIPv6(address: string): boolean {
  const halves = address.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  let count = groups.length
  for (const [index, group] of groups.entries()) {
    if (/^[\da-f]{1,4}$/i.test(group)) continue
    IPV4.lastIndex = 0
    if (index < groups.length - 1 || !IPV4.test(group) || IPV4.lastIndex < group.length) return false
    count++
  }
  return halves.length === 2 ? count < 8 : count === 8
}

function ipv6End(text: string, start: number): number {
  RUN.lastIndex = start
  if (!RUN.test(text) || RUN.lastIndex - start > REACH) return -1
  if (isWordCode(text.charCodeAt(RUN.lastIndex))) return -1
  // A full stop or a colon after an address belongs to the sentence.
  const run = text.slice(start, RUN.lastIndex).replace(/(?:\.|(?<!:):)$/, '')
  // `a::b` is a name in many languages; an address has a digit.
  return isIPv6(run) && /\d/.test(run) ? start + run.length : -1
}

function isHexCode(code: number): boolean {
  const lower = code | 32
  return isDigitCode(code) || (lower >= 97 && lower <= 102)
}

/** The first dot at or after `from` that stands between digits; `Infinity` when there is none. */
function nextDot(text: string, from: number): number {
  for (let dot = text.indexOf('.', from); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    if (isDigitCode(text.charCodeAt(dot - 1)) && isDigitCode(text.charCodeAt(dot + 1))) return dot
  }
  return Infinity
}

/** The first colon at or after `from` that may stand in an IPv6 address; `Infinity` when there is none. */
function nextColon(text: string, from: number): number {
  for (let colon = text.indexOf(':', from); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    const after = text.charCodeAt(colon + 1)
    if (isHexCode(text.charCodeAt(colon - 1)) && (isHexCode(after) || after === 58)) return colon
  }
  return Infinity
}

function addressEnd(text: string, start: number): number {
  IPV4.lastIndex = start
  return IPV4.test(text) ? IPV4.lastIndex : ipv6End(text, start)
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  let dot = nextDot(text, from)
  let colon = nextColon(text, from)
  // From separator to separator: most texts hold none, and to look for a mark takes no time.
  while (dot !== Infinity || colon !== Infinity) {
    const separator = Math.min(dot, colon)
    const belongs = separator === dot ? isDigitCode : isHexCode
    const longest = separator === dot ? 3 : 4
    let start = separator
    while (start > from && separator - start < longest && belongs(text.charCodeAt(start - 1))) start--
    for (; start < separator; start++) {
      if (!canStart(text, start) || skipEscape(text, start) !== start) continue
      const end = addressEnd(text, start)
      if (end !== -1) findings.push({ type: 'ip', start, end })
    }
    if (separator === dot) dot = nextDot(text, separator + 1)
    else colon = nextColon(text, separator + 1)
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  const limit = Math.max(from, text.length - REACH - 2)
  let run = text.length
  while (run > limit && /[\da-f:.]/i.test(text.charAt(run - 1))) run--
  for (let index = run; index < text.length; index++) {
    if (/[\da-f]/i.test(text.charAt(index)) && canStart(text, index)) return index
  }
  return text.length
}

/** Rule `pii.ip`: IPv4 addresses with four octets, and IPv6 addresses that begin with a group and hold a digit. */
export function ipRule(): GuardrailRule {
  return {
    id: 'pii.ip',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: WORD_START_CONTEXT,
    version: '1',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
