/** What goes to `node:http`. */
export interface HttpRequest {
  url: URL
  method: string
  /** Names and values in turn: Node writes such a list as it is, without a header table of its own. */
  headers: string[]
  content: string | Uint8Array | undefined
}

/** What the connection decides, whatever the caller says. */
const ownHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding'])

/** Reads the arguments of a fetch. Throws a `TypeError` for what this transport does not send; it names no header and no secret. */
export function toHttpRequest(input: string | URL | Request, init: RequestInit): HttpRequest {
  const url = toUrl(input)
  const method = (init.method ?? 'GET').toUpperCase()
  const content = toContent(init.body)
  const headers: string[] = []
  let hasHost = false
  let hasEncoding = false
  for (const [name, value] of init.headers instanceof Headers ? init.headers : new Headers(init.headers)) {
    if (ownHeaders.has(name)) continue
    hasHost ||= name === 'host'
    hasEncoding ||= name === 'accept-encoding'
    headers.push(name, value)
  }
  if (!hasHost) headers.push('host', url.host)
  // Answers are small, and unpacking them costs more CPU than it saves.
  if (!hasEncoding) headers.push('accept-encoding', 'identity')
  if (content !== undefined) headers.push('content-length', String(Buffer.byteLength(content)))
  else if (method !== 'GET' && method !== 'HEAD') headers.push('content-length', '0')
  return { url, method, headers, content }
}

function toUrl(input: string | URL | Request): URL {
  if (typeof input !== 'string' && !(input instanceof URL)) {
    throw new TypeError(
      'fetch: this transport takes a url, and the rest as its second argument, not a Request.',
    )
  }
  const url = typeof input === 'string' ? new URL(input) : input
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('fetch: the url holds credentials. Send them in a header.')
  }
  return url
}

function toContent(body: RequestInit['body']): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  throw new TypeError(`fetch: this transport sends text and bytes, got ${body.constructor.name}.`)
}
