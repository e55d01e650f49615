/** One HTTP/1.1 request, read from a socket. */
export interface RawRequest {
  method: string
  path: string
  /** Names in lower case; the last of several of one name. */
  headers: Record<string, string>
  body: Buffer
}

const headEnd = Buffer.from('\r\n\r\n')

/**
 * A reader for one connection: bytes in, the requests that they complete out. Knows `content-length` and chunked bodies without
 * trailers, which is what HTTP clients send (RFC 9112 sections 6 and 7). Throws on anything else.
 */
export function createRequestReader(): (bytes: Buffer) => RawRequest[] {
  let buffered: Buffer = Buffer.alloc(0)
  // Joining after each packet would copy a body of 100 MB a thousand times: what is known to be incomplete is left apart.
  let arrived: Buffer[] = []
  let arrivedBytes = 0
  let wantedBytes = 0

  return (bytes) => {
    const requests: RawRequest[] = []
    arrived.push(bytes)
    arrivedBytes += bytes.length
    if (buffered.length + arrivedBytes < wantedBytes) return requests
    buffered = Buffer.concat([buffered, ...arrived])
    arrived = []
    arrivedBytes = 0
    wantedBytes = 0
    for (;;) {
      const end = buffered.indexOf(headEnd)
      if (end < 0) return requests
      const head = parseHead(buffered.subarray(0, end).toString('latin1'))
      const rest = buffered.subarray(end + headEnd.length)
      const body =
        head.headers['transfer-encoding'] === undefined
          ? readLength(rest, Number(head.headers['content-length'] ?? 0))
          : readChunked(rest)
      if (body === undefined) {
        wantedBytes = end + headEnd.length + Number(head.headers['content-length'] ?? 0)
        return requests
      }
      requests.push({ ...head, body: body.content })
      buffered = rest.subarray(body.length)
    }
  }
}

function parseHead(text: string): Omit<RawRequest, 'body'> {
  const [first = '', ...lines] = text.split('\r\n')
  const [method, path] = first.split(' ')
  if (method === undefined || path === undefined) throw new Error(`Not an HTTP request line: ${first}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { method, path, headers }
}

/** A body and how many bytes it took on the wire; undefined while it is incomplete. */
type ReadBody = { content: Buffer; length: number } | undefined

function readLength(bytes: Buffer, length: number): ReadBody {
  return bytes.length < length ? undefined : { content: bytes.subarray(0, length), length }
}

function readChunked(bytes: Buffer): ReadBody {
  const parts: Buffer[] = []
  let position = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (bytes.length < start + size + 2) return undefined
    if (size === 0) return { content: Buffer.concat(parts), length: start + 2 }
    parts.push(bytes.subarray(start, start + size))
    position = start + size + 2
  }
}
