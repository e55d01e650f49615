import type { Finding, GuardrailRule } from './rule.ts'

const MAX_USER = 128
const MAX_PASSWORD = 512
const REACH = MAX_USER + 1 + MAX_PASSWORD
// RFC 3986, section 3.2.1, without what ends a URL in running text; no template such as `${USER}`.
const USER_INFO = /(?![${])[^\s:/?#@"'<>\\`]{0,128}:(?![${])[^\s/?#@"'<>\\`]{1,512}(?=@[\w[])/y
const UNFINISHED = /[^\s:/?#@"'<>\\`]{0,128}(?::[^\s/?#@"'<>\\`]{0,512}@?)?$/y

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  // The separator is context, so it may stand before `from`.
  for (let at = text.indexOf('://', Math.max(0, from - 3)); at !== -1; at = text.indexOf('://', at + 1)) {
    const start = at + 3
    USER_INFO.lastIndex = start
    if (USER_INFO.test(text)) findings.push({ type: 'url_credentials', start, end: USER_INFO.lastIndex })
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  const limit = Math.max(0, from - 3, text.length - REACH - 5)
  for (let at = text.indexOf('://', limit); at !== -1; at = text.indexOf('://', at + 1)) {
    UNFINISHED.lastIndex = at + 3
    if (at + 3 >= from && UNFINISHED.test(text)) return at + 3
  }
  return text.length
}

/** Rule `pii.url_credentials`: the user and password of a URL, `lena:s3same` in `https://lena:s3same@git.example/`. */
export function urlCredentialsRule(): GuardrailRule {
  return {
    id: 'pii.url_credentials',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: 3,
    version: '1',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
