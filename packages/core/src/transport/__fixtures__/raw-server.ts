import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A server on raw sockets, which can break off where an HTTP library would not. */
export interface RawServer {
  url: string
  /** One entry per connection, in the order of their coming. */
  connections: Connection[]
  close(): Promise<void>
}

/** One connection as the server sees it. */
export interface Connection {
  socket: Socket
  /** Head and body of each request on it. */
  requests: string[]
  /** Resolves with the time of `performance.now()` at which the client has closed it. */
  closed: Promise<number>
}

/** Calls `answer` once per request: when the head and as many bytes as it announces have come. */
export async function startRawServer(
  answer: (connection: Connection, index: number) => unknown,
): Promise<RawServer> {
  const connections: Connection[] = []
  let index = 0
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => {})
    const closed = new Promise<number>((resolve) => {
      socket.once('end', () => resolve(performance.now()))
      socket.once('close', () => resolve(performance.now()))
    })
    const connection: Connection = { socket, requests: [], closed }
    connections.push(connection)
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      const headEnd = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (headEnd < 0 || text.length < headEnd + 4 + length) return
      connection.requests.push(text)
      text = ''
      answer(connection, index++)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return {
    url: `http://127.0.0.1:${port}/v1/chat`,
    connections,
    async close() {
      const closed = new Promise((resolve) => {
        server.close(resolve)
      })
      for (const { socket } of connections) socket.destroy()
      await closed
    },
  }
}

/** A whole answer with a length. */
export function whole(body: string | Buffer, head = 'HTTP/1.1 200 OK'): Buffer {
  return Buffer.concat([
    Buffer.from(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ])
}

export const chunkedHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'

/** One chunk of a chunked answer. */
export function chunk(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}
