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

/** Listens. Rejects with `SettingError` when the port is taken. */
export async function startServer(
  app: Hono,
  { port, host }: { port: number; host: string },
): Promise<RunningServer> {
  const server = serve({ fetch: app.fetch, port, hostname: host })
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(toSettingError(error))),
  ])
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

function toSettingError(error: unknown): unknown {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    ? new SettingError('The port is taken: choose another one with --port.')
    : error
}
