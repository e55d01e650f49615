import type { HealthReport } from '@plumbline/core'

/** What the gateway says of itself; `none` where there is no gateway, `unreachable` where it does not answer. */
export type GatewayHealth =
  | { state: 'none' }
  | { state: 'unreachable' }
  | { state: 'known'; status: string; builds: Record<string, HealthReport> }

/** An answer is good for so long, in ms: each makes the gateway ask its provider. */
const keptMs = 5_000
const limitMs = 4_000

/** Asks the gateway at its internal address, `http://127.0.0.1:9464`, however many pages ask. Never rejects. */
export function createHealthReader(gatewayUrl: string | undefined): () => Promise<GatewayHealth> {
  if (gatewayUrl === undefined) return async () => ({ state: 'none' })
  let askedMs = Number.NEGATIVE_INFINITY
  let answer: Promise<GatewayHealth> | undefined
  return () => {
    if (answer === undefined || performance.now() - askedMs > keptMs) {
      askedMs = performance.now()
      answer = ask(gatewayUrl)
    }
    return answer
  }
}

async function ask(gatewayUrl: string): Promise<GatewayHealth> {
  try {
    const response = await fetch(new URL('/healthz', gatewayUrl), { signal: AbortSignal.timeout(limitMs) })
    // As apps/gateway/src/operations.ts writes it, with 200 or 503.
    const { status, builds } = (await response.json()) as {
      status: string
      builds: Record<string, HealthReport>
    }
    return { state: 'known', status, builds }
  } catch {
    return { state: 'unreachable' }
  }
}
