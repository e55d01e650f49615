/** How every PEM block starts (RFC 7468, section 2). */
export const PEM_START = '-----BEGIN '

const HEADER = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
const HEADER_MAX = 80
const UNFINISHED_HEADER = /^-----BEGIN [A-Z0-9 ]{0,60}-{0,5}$/
// Base64, its line breaks (written out as `\n` in JSON and in code), and the headers of encrypted keys
// (`Proc-Type: 4,ENCRYPTED`, RFC 1421). No quotes: a block never runs from one string into the next.
const BODY = /(?:[A-Za-z0-9+/=\s\\:,.]|-(?!-))*/y
const FOOTER = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
const UNFINISHED_FOOTER = /^-(?:-(?:-(?:-(?:-(?:E(?:N(?:D[A-Z0-9 ]{0,60}-{0,5})?)?)?)?)?)?)?$/
const BASE64_LINES = /(?:(?:\s|\\[nr]){1,4}[A-Za-z0-9+/=]{16,8192})+/y

interface Block {
  /** Exclusive end of the key; -1 when this is none. */
  end: number
  /** True when more text could change `end`. */
  open: boolean
}

function readBlock(text: string, start: number, reach: number): Block {
  HEADER.lastIndex = start
  if (!HEADER.test(text)) {
    const open = text.length - start <= HEADER_MAX && UNFINISHED_HEADER.test(text.slice(start))
    return { end: -1, open }
  }
  const bodyStart = HEADER.lastIndex
  // Read no further than a finding may reach, whatever stands there.
  const window = text.slice(bodyStart, start + reach)
  const windowEnd = bodyStart + window.length
  const whole = windowEnd === text.length && window.length < start + reach - bodyStart
  BODY.lastIndex = 0
  BODY.test(window)
  const bodyEnd = BODY.lastIndex
  FOOTER.lastIndex = bodyEnd
  if (FOOTER.test(window)) return { end: bodyStart + FOOTER.lastIndex, open: false }
  // A key that is cut off, or has lost its footer: its lines of base64 are the secret all the same.
  BASE64_LINES.lastIndex = 0
  const end = BASE64_LINES.test(window) ? bodyStart + BASE64_LINES.lastIndex : -1
  return { end, open: whole && (bodyEnd === window.length || UNFINISHED_FOOTER.test(window.slice(bodyEnd))) }
}

/** End of the private key block that starts at `start`, at most `reach` further on; -1 when there is none. */
export function pemEnd(text: string, start: number, reach: number): number {
  return readBlock(text, start, reach).end
}

/** The smallest index at or after `from` at which a private key block stands unfinished at the end of the text. */
export function pemHoldFrom(text: string, from: number, reach: number): number {
  for (let start = text.indexOf(PEM_START, from); start !== -1; start = text.indexOf(PEM_START, start + 1)) {
    if (readBlock(text, start, reach).open) return start
  }
  for (let length = Math.min(PEM_START.length - 1, text.length - from); length > 0; length--) {
    if (text.endsWith(PEM_START.slice(0, length))) return text.length - length
  }
  return text.length
}
