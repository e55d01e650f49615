import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { once } from 'node:events'
import type { Server, ServerOptions } from 'node:http'
import { Server as NetServer, type AddressInfo } from 'node:net'

export interface ListenOptions {
  /** 0: any that is free. */
  port: number
  host: string
  /** Of Node's server. Default: Node's. */
  serverOptions?: ServerOptions
}

/** An app that is being served. */
export interface Listening {
  /** `http://127.0.0.1:8080`, without a path. */
  url: string
  /** Takes no new connection; those that are open may go on. */
  stopListening(): void
  /** Closes what is still open, and resolves when the port is free. */
  close(): Promise<void>
}

/** Serves an app over HTTP/1.1. Rejects when the port cannot be had. */
export async function listen(app: Hono, options: ListenOptions): Promise<Listening> {
  const { port, host, serverOptions = {} } = options
  // With no other `createServer`, it is the one of node:http.
  const server = serve({ fetch: app.fetch, port, hostname: host, serverOptions }) as Server
  // Which rejects with an error that comes before.
  await once(server, 'listening')
  const closed = once(server, 'close')
  // It listens on TCP.
  const address = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    stopListening() {
      // Not the one of http.Server: it cuts off every answer that has been handed over and not yet been sent (`closeIdleConnections`
      // looks at `finished`, Node 24.21, seen 2026-11-30).
      NetServer.prototype.close.call(server)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
