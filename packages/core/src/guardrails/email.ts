import type { Finding, GuardrailRule } from './rule.ts'
import { skipEscape, WORD_START_CONTEXT } from './word-start.ts'

// Lengths: RFC 5321, section 4.5.3.1 (local part 64, domain 255) and RFC 1035, section 2.3.4 (label 63).
const MAX_LOCAL = 64
const MAX_DOMAIN = 253
const MAX_LABEL = 63

// What stands in an address that people really write: less than RFC 5322 allows, since `=`, `/`, `{` and the like are
// far more often the text around an address (`?mail=ann@example.com`). Latin, Greek and Cyrillic letters
// belong (RFC 6531); Han and Kana do not, since they are written up against an address without a space.
const ATOM = 1
const DOMAIN = 2
const ascii = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.') {
  ascii[char.charCodeAt(0)] = ATOM | DOMAIN
}
for (const char of "_%+'") ascii[char.charCodeAt(0)] = ATOM

function kindOf(code: number): number {
  if (code < 128) return ascii[code] ?? 0
  return (code >= 0xc0 && code <= 0x24f) || (code >= 0x370 && code <= 0x52f) ? ATOM | DOMAIN : 0
}

/** Start of the run of local-part characters that ends at `end`; at most 64 of them. */
function localStart(text: string, end: number): number {
  const limit = Math.max(0, end - MAX_LOCAL)
  let start = end
  while (start > limit && kindOf(text.charCodeAt(start - 1)) & ATOM) start--
  return start
}

/** End of the run of domain characters that starts at `start`; at most 253 of them. */
function domainRunEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_DOMAIN)
  let end = start
  while (end < limit && kindOf(text.charCodeAt(end)) & DOMAIN) end++
  return end
}

// Digits may follow without a space: what is pasted runs together.
const TOP_LEVEL =
  /(?:xn--[a-z0-9-]{2,59}|[a-z\u00c0-\u024f\u0370-\u052f]{2,24})(?![a-z\u00c0-\u024f\u0370-\u052f])/iy
// `logo@2x.png` is a file.
const FILE_ENDING = /^(?:png|jpe?g|gif|webp|svg|avif)$/i

/** End of the longest domain in the run: labels joined by dots, the last one a possible top level; -1 when none. */
function domainEnd(text: string, start: number, runEnd: number): number {
  // A search for dots in the run alone: one in the whole text would be quadratic over many `@`.
  const run = text.slice(start, runEnd)
  let best = -1
  let label = start
  for (let count = 0; label < runEnd; count++) {
    const dot = run.indexOf('.', label - start)
    const end = dot === -1 ? runEnd : start + dot
    if (end === label || end - label > MAX_LABEL) break
    if (count > 0) {
      TOP_LEVEL.lastIndex = label
      const match = TOP_LEVEL.exec(text)
      if (match && TOP_LEVEL.lastIndex <= runEnd && !FILE_ENDING.test(match[0])) best = TOP_LEVEL.lastIndex
    }
    label = end + 1
  }
  return best
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  for (let at = text.indexOf('@', from); at !== -1; at = text.indexOf('@', at + 1)) {
    // Also when the limit of 64 falls inside an escape.
    let start = skipEscape(text, localStart(text, at))
    while (start < at && ".-'".includes(text.charAt(start))) start++
    if (start >= at || start < from) continue
    const end = domainEnd(text, at + 1, domainRunEnd(text, at + 1))
    if (end !== -1) findings.push({ type: 'email', start, end })
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  // A word at the end may become a local part.
  let hold = localStart(text, text.length)
  // An address whose domain runs to the end may still grow, or become one.
  let domain = text.length
  const limit = Math.max(from, text.length - MAX_DOMAIN)
  while (domain > limit && kindOf(text.charCodeAt(domain - 1)) & DOMAIN) domain--
  if (domain > 0 && text.charAt(domain - 1) === '@') hold = Math.min(hold, localStart(text, domain - 1))
  return Math.max(from, hold)
}

/**
 * Rule `pii.email`: addresses such as `ann.lee+news@mail.example.org`. Not found: quoted local parts, addresses at an
 * IP, domains without a dot. Of a local part over 64 characters, the last 64.
 */
export function emailRule(): GuardrailRule {
  return {
    id: 'pii.email',
    family: 'pii',
    directions: ['input', 'output'],
    reach: MAX_LOCAL + 1 + MAX_DOMAIN,
    // The escape that may stand before a local part.
    context: WORD_START_CONTEXT,
    version: '2',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
