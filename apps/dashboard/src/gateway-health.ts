import type { HealthReport } from '@plumbline/core'

/**
 * What the gateway says of itself; `none` where there is no gateway, `unreachable` where it does not answer, `other` where what answers
 * has no health to tell, such as its port for calls.
 */
export type GatewayHealth =
  | { state: 'none' }
  | { state: 'unreachable' }
  | { state: 'other' }
  | { state: 'known'; status: string; builds: Record<string, HealthReport> }

/** An answer is good for so long, in ms: each makes the gateway ask its provider. */
const keptMs = 5_000
const limitMs = 4_000

const partNames = ['provider', 'store', 'breaker', 'ledger'] satisfies (keyof HealthReport['parts'])[]

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
    const text = await response.text()
    const health = readHealth(text)
    return health ? { state: 'known', ...health } : { state: 'other' }
  } catch {
    return { state: 'unreachable' }
  }
}

interface Health {
  status: string
  builds: Record<string, HealthReport>
}

/** As apps/gateway/src/operations.ts writes it, with 200 or 503; undefined for any other text. */
function readHealth(text: string): Health | undefined {
  try {
    const health = JSON.parse(text) as Health // Looked at below.
    const parts = Object.values(health.builds).map((report) => Object.keys(report.parts))
    return parts.every((names) => partNames.every((name) => names.includes(name))) ? health : undefined
  } catch {
    return undefined
  }
}
