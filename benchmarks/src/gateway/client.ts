import { Agent, request } from 'node:http'

/** Requests over kept-alive connections, with as little work of its own as Node allows. */
export interface LoadClient {
  post(body: string): Promise<{ status: number; text: string }>
  close(): void
}

/** `url`: with its path. */
export function createLoadClient(url: string, headers: Record<string, string>): LoadClient {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_000 })
  const { hostname, port, pathname } = new URL(url)
  const post: LoadClient['post'] = (body) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          hostname,
          port,
          path: pathname,
          method: 'POST',
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (piece: string) => {
            text += piece
          })
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
          answer.on('error', reject)
        },
      )
      outgoing.on('error', (error) => {
        // A server closes a connection that was idle for long; Node's documentation of `reusedSocket` says to ask again.
        if (outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(post(body))
        else reject(error)
      })
      outgoing.end(body)
    })
  return { post, close: () => agent.destroy() }
}
