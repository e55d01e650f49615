import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { SettingError } from './settings.ts'

export interface RunningServer {
  /** `http://127.0.0.1:9465`, without a path. */
  url: string
  stop(): Promise<void>
}

/** Listens. Rejects with `SettingError` when it cannot, there. */
export async function startServer(
  app: Hono,
  { port, host }: { port: number; host: string },
): Promise<RunningServer> {
  const server = serve({ fetch: app.fetch, port, hostname: host })
  // Which rejects with an error that comes before.
  await once(server, 'listening').catch((error: unknown) => Promise.reject(toSettingError(error, port)))
  // It listens on TCP.
  const address = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

function toSettingError(error: unknown, port: number): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error
  return new SettingError(
    error.code === 'EADDRINUSE'
      ? // Who starts it beside a gateway has another name for it than --port.
        `Port ${port} is taken: choose another one.`
      : `It cannot listen there: ${error.message}`,
  )
}
