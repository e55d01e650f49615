import type { Finding, GuardrailRule } from './rule.ts'

const MAX_VALUE = 1024
/** A name after its keyword, a type or a quote, the sign, and a quote. */
const CONTEXT = 96
/** How far before a sign its keyword starts, and how far before that it is looked at. */
const KEYWORD_REACH = 64
const KEYWORD_CONTEXT = 8
// Not the end of another word, nor what is public by its name.
const KEYWORD = String.raw`(?<!mon|don|tur|hoc|foreign_?|public_?|primary_?|issuer_?|csrf[_-]?)(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credential|creds|authorization)`
/** What stands between the keyword and the value: `_old string = "`, `": "`, `=`, `', '` of a call, `: Bearer `. */
const SIGN =
  /[\w-]{0,32}["'`\])]{0,2}(?: {0,2}string)? {0,4}(?:[:?]{0,3}=>?|:|(?<=["'`]),) {0,4}["'`]{0,2}(?:(?:Bearer|Basic|Token) )?/iy
/** Names that say what a key is about, and not what it is. */
const ABOUT =
  /(?:ids?|hash|event|names?|types?|chars|alphabet|str|count|length|limit|index|path|file)["'`]?\s*[:=,]/i
const VALUE = /[A-Za-z0-9_.~+/][\w.~+/=:-]{7,1023}/y
const VALUE_CHAR = /[\w.~+/=:-]/

/** Shannon entropy of the characters, which are of ASCII, in bits per character. */
function entropyOf(value: string): number {
  const counts = new Uint16Array(128)
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    counts[code] = (counts[code] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / value.length) * Math.log2(count / value.length)
  return bits
}

/** True for what looks drawn at random: no path, name, number, date or placeholder. */
function looksRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false
  if (
    /^(?:https?:|\/|\.\/|\.\.\/)|example|placeholder|changeme|your[-_]|x{4}|abcdefgh|\*{3}|\.{2}/i.test(value)
  )
    return false
  const words = value
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => /^[A-Za-z]{4,}$|^\d{1,4}$/.test(word))
    .join('')
  // Names such as `projects/shop-2/secrets` are made of words and small numbers.
  if (words.length > value.length / 2) return false
  return entropyOf(value) >= (value.length < 12 ? 2.7 : 3)
}

interface Value {
  start: number
  /** Exclusive; where the run of value characters ends. */
  end: number
}

/** Where the run of value characters at `start` ends: at most five parts joined by `=` or `:`, so that no text is read often. */
function valueEnd(text: string, start: number): number {
  let joints = 0
  let end = start
  while (end - start <= MAX_VALUE && VALUE_CHAR.test(text.charAt(end))) {
    if ((text.charAt(end) === '=' || text.charAt(end) === ':') && ++joints > 4) break
    end++
  }
  return end
}

/** What every sign has: a colon, an equals sign, or a quote and a comma. */
const SIGN_MARK = /[:=]|["'`],/g

/** The stretches of a text in which a keyword may start that has a sign after it. */
function stretchesBeforeSigns(text: string, from: number): Value[] {
  const stretches: Value[] = []
  SIGN_MARK.lastIndex = from
  while (SIGN_MARK.test(text)) {
    const end = SIGN_MARK.lastIndex
    const start = Math.max(0, end - KEYWORD_REACH)
    const last = stretches.at(-1)
    if (last && start <= last.end) last.end = end
    else stretches.push({ start, end })
  }
  return stretches
}

/** The values that stand after a keyword and a sign, from `from` on, in the order of their starts, none twice. */
function valuesIn(text: string, from: number): Value[] {
  const values: Value[] = []
  let keywords: RegExp | undefined
  for (const stretch of stretchesBeforeSigns(text, Math.max(0, from - CONTEXT))) {
    keywords ??= new RegExp(KEYWORD, 'gi')
    const offset = Math.max(0, stretch.start - KEYWORD_CONTEXT)
    const before = text.slice(offset, stretch.end)
    keywords.lastIndex = stretch.start - offset
    for (let match = keywords.exec(before); match; match = keywords.exec(before)) {
      const after = offset + keywords.lastIndex
      keywords.lastIndex = match.index + 1
      SIGN.lastIndex = after
      if (!SIGN.test(text)) continue
      const start = SIGN.lastIndex
      if (ABOUT.test(text.slice(after, start))) continue
      if (start < from || start === values.at(-1)?.start) continue
      values.push({ start, end: valueEnd(text, start) })
    }
  }
  return values
}

function find(text: string, from: number): Finding[] {
  return valuesIn(text, from).flatMap(({ start, end }) => {
    VALUE.lastIndex = start
    // A call, an index or a template is code that makes the value, not the value.
    if (end - start > MAX_VALUE || '([{$<'.includes(text.charAt(end) || '?') || !VALUE.test(text)) return []
    let last = end
    while (last > start && '.,:'.includes(text.charAt(last - 1))) last--
    return looksRandom(text.slice(start, last)) ? [{ type: 'assigned_secret', start, end: last }] : []
  })
}

function holdFrom(text: string, from: number): number {
  const first = Math.max(from, text.length - MAX_VALUE - 1)
  return valuesIn(text, first).find(({ end }) => end === text.length)?.start ?? text.length
}

/**
 * Rule `secret.assignment`: values of high entropy that are assigned to a name such as `api_key`, `clientSecret` or
 * `DB_PASSWORD`: with a letter and a digit, from eight characters on. A password of words alone is not found.
 */
export function assignmentRule(): GuardrailRule {
  return {
    id: 'secret.assignment',
    family: 'secret',
    directions: ['input', 'output'],
    reach: MAX_VALUE,
    context: CONTEXT,
    version: '1',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
