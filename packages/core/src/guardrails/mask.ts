const HIDDEN = '****'

/**
 * What a masked value of this type reads like: enough to tell one's own values apart, too little to use one.
 *
 * | type | form |
 * |---|---|
 * | `email` | `a***@example.com`; the first letter of a local part of three characters or more |
 * | `card` | `****-****-****-1111` |
 * | `ssn` | `***-**-9998` |
 * | `iban` | `DE****3000`: country and the last four |
 * | `ip` | `*.*.*.77`, `****:7334`: the last octet or group |
 * | `phone` | `****0147`: as any other, without its extension |
 * | `url_credentials`, `private_key` | `****` |
 * | any other | `****WXyz`: the last four letters and digits, two of fewer than ten, none of fewer than six |
 *
 * Mails and cards are written as LangChain's `piiMiddleware` writes them (1.5.14, read 2026-11-29), social security numbers as on US
 * tax forms (26 CFR 301.6109-4). Holds no quote and no backslash, so that it may stand in JSON.
 */
export function maskValue(type: string, value: string): string {
  switch (type) {
    case 'email':
      return maskEmail(value)
    case 'card':
      return `****-****-****-${value.replaceAll(/\D/g, '').slice(-4)}`
    case 'ssn':
      return `***-**-${value.slice(-4)}`
    case 'iban':
      return `${value.slice(0, 2).toUpperCase()}${HIDDEN}${value.replaceAll(' ', '').slice(-4)}`
    case 'ip':
      return `${value.includes(':') ? `${HIDDEN}:` : '*.*.*.'}${value.replace(/^.*[.:]/, '')}`
    case 'phone':
      // Of its characters, only an extension has a comma or a letter.
      return maskTail(value.split(/[,a-z]/i, 1).join(''))
    case 'url_credentials':
    case 'private_key':
      return HIDDEN
    default:
      return maskTail(value)
  }
}

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  const first = at >= 3 ? String.fromCodePoint(value.codePointAt(0) ?? 42) : ''
  return `${first}***${value.slice(at)}`
}

function maskTail(value: string): string {
  const plain = value.replaceAll(/[^A-Za-z0-9]/g, '')
  if (plain.length < 6) return HIDDEN
  return `${HIDDEN}${plain.slice(plain.length < 10 ? -2 : -4)}`
}
