import type { Pipeline } from '@plumbline/core'

import type { GatewayKey } from './keys.ts'

export type BuildName = 'scratch' | 'langchain'

/** What the gateway refuses rather than take on. */
export interface GatewayLimits {
  /** Bytes of one request. Default 4 MB. */
  maxBodyBytes: number
  /** Requests worked on at once. Default 1,000. */
  maxInFlight: number
  /** Requests that wait for that. Default 1,000. */
  maxQueued: number
  /** Of each tenant whose key does not say. Default 600. */
  requestsPerMinute: number
  /** How long a client may leave a stream unread, in ms. Default 30,000. */
  slowClientMs: number
  /** How long calls may go on after the gateway was told to stop, in ms. Default 25,000. */
  drainMs: number
}

export const defaultLimits: GatewayLimits = {
  maxBodyBytes: 4_000_000,
  maxInFlight: 1_000,
  maxQueued: 1_000,
  requestsPerMinute: 600,
  slowClientMs: 30_000,
  drainMs: 25_000,
}

/** Whom what is passed through as it is goes to. */
export interface PassThrough {
  baseUrl: string
  apiKey: string
  fetch: typeof globalThis.fetch
  /** How long it may take to answer, in ms. Default 60,000. */
  deadlineMs?: number
}

export interface GatewayOptions {
  /** The builds that may be asked; the first answers where the caller does not say. */
  pipelines: ReadonlyMap<BuildName, Pipeline>
  /** Whether a caller may choose the build with `x-plumbline-build`. Default false. */
  allowBuildHeader?: boolean
  /** `dev`: no key is needed, and every caller is the tenant `dev`. The server then listens on loopback only. */
  keys: readonly GatewayKey[] | 'dev'
  provider: PassThrough
  limits?: Partial<GatewayLimits>
  /** Told the code of every error that is answered. Default: nobody is. */
  onRefusal?: (code: string) => void
  /** Monotonic, in ms. Default: the machine's. */
  nowMs?: () => number
}
