import type { Gateway } from './app.ts'
import { listen } from './listen.ts'

export interface ServerOptions {
  port: number
  /** Default `127.0.0.1`. */
  host?: string
  /** How long calls may go on after `stop`, in ms. */
  drainMs: number
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`, without a path. */
  url: string
  /** Takes nothing more, waits for what is under way, closes everything, and waits for the records. Resolves with the calls that were cut off. */
  stop(): Promise<number>
}

/** How often a stopping server looks whether it is empty, in ms. */
const drainCheckMs = 25

/** How long a call that was cut off may take to leave its record, in ms: an abort has reached the provider within 250. */
const recordMs = 1_000

/** Listens. Rejects when the port cannot be had. */
export async function startServer(
  gateway: Gateway,
  { port, host = '127.0.0.1', drainMs }: ServerOptions,
): Promise<RunningServer> {
  const server = await listen(gateway.app, {
    port,
    host,
    serverOptions: {
      // A client that sends its headers or its body byte by byte holds a connection no longer than this.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      // Longer than a load balancer keeps one (60 s in AWS' and most others): it would send a call just as this side closes, and answer 502.
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
  })
  return {
    url: server.url,
    async stop() {
      gateway.drain()
      server.stopListening()
      await until(() => gateway.admission.inFlight === 0, drainMs)
      const cutOff = gateway.admission.inFlight
      await server.close()
      await until(() => gateway.unrecorded === 0, recordMs)
      return cutOff
    },
  }
}

/** Resolves when it is so, or the time is over. */
async function until(isSo: () => boolean, limitMs: number): Promise<void> {
  for (let waited = 0; !isSo() && waited < limitMs; waited += drainCheckMs) {
    await new Promise((resolve) => setTimeout(resolve, drainCheckMs))
  }
}
