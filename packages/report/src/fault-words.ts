import type { FaultRow } from './faults.ts'
import { formatCount, formatSeconds } from './figures.ts'

/** Requests that reached the provider: `3 requests`. */
export function requestsText({ attempts }: FaultRow): string {
  return `${formatCount(attempts)} ${attempts === 1 ? 'request' : 'requests'}`
}

/** Time to the end of a call, or that it did not end within the limit: `1.4 s`, `> 12 s`. */
export function timeText({ outcome, elapsedMs }: FaultRow): string {
  return `${outcome === 'hangs' ? '> ' : ''}${formatSeconds(elapsedMs)}`
}

/** Class and code of an error, where it has them: `UpstreamError UPSTREAM`. */
export function errorText({ errorName = 'an error without a name', errorCode }: FaultRow): string {
  return errorCode === undefined ? errorName : `${errorName} ${errorCode}`
}

/** Whether the stack of an error leads back to who made the call. */
export function callerFrameText({ hasCallerFrame }: FaultRow): string {
  return hasCallerFrame ? 'caller in the stack' : 'caller not in the stack'
}
