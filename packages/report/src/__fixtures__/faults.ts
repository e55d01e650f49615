import type { FaultRow, Faults } from '../faults.ts'

type Ending = Pick<
  FaultRow,
  'outcome' | 'attempts' | 'elapsedMs' | 'errorName' | 'errorCode' | 'hasCallerFrame'
>

const limitMs = 12_000
const deadlineMs = 8_000

/** What the entrants come to, by fault: the two builds, then the others by name; `bare` where nothing else is said. */
const endings: Record<string, Record<string, Ending> & { builds: Ending; bare: Ending }> = {
  '500': {
    builds: error(3, 750, 'UpstreamError', 'UPSTREAM'),
    bare: error(3, 1_400, 'InternalServerError'),
    'ai-sdk': error(3, 6_000, 'UpstreamError', 'UPSTREAM'),
    'langchain-stock': { ...error(3, 9_200, 'AbortError'), hasCallerFrame: false },
  },
  '503-once': { builds: success(2, 1_000), bare: success(2, 1_000), 'ai-sdk': success(2, 1_000) },
  '429-120': {
    builds: error(1, 4, 'RateLimitedError', 'RATE_LIMITED'),
    bare: error(3, 1_300, 'RateLimitError'),
    'langchain-stock': { ...error(1, 6, 'RateLimitCapacityError'), hasCallerFrame: false },
  },
  quota: {
    builds: error(1, 7, 'QuotaExceededError', 'QUOTA_EXCEEDED'),
    bare: error(3, 1_400, 'RateLimitError', 'insufficient_quota'),
  },
  html: { builds: error(3, 800, 'UpstreamError', 'UPSTREAM'), bare: success(1, 5) },
  silent: {
    builds: error(1, deadlineMs, 'TimeoutError', 'TIMEOUT'),
    bare: { outcome: 'hangs', attempts: 2, elapsedMs: limitMs },
  },
  truncated: { builds: error(1, 20, 'TruncatedError', 'UPSTREAM_TRUNCATED'), bare: success(1, 20) },
  stalled: {
    builds: error(1, deadlineMs, 'TimeoutError', 'TIMEOUT'),
    bare: { outcome: 'hangs', attempts: 1, elapsedMs: limitMs },
  },
  reset: {
    builds: error(1, 10, 'NetworkError', 'NETWORK'),
    bare: { ...error(1, 15, 'TypeError'), hasCallerFrame: false },
    // What was thrown is no `Error`.
    'scratch-first-day': { outcome: 'error', attempts: 1, elapsedMs: 15 },
  },
}

/** Some faults before these entrants, made up. */
export function faultsOf(versions: Readonly<Record<string, string>>): Faults {
  return {
    limitMs,
    deadlineMs,
    faults: [
      { id: '500', what: '500 every time', stream: false },
      { id: '503-once', what: '503 with Retry-After: 1, then an answer', stream: false },
      { id: '429-120', what: '429 with Retry-After: 120', stream: false },
      { id: 'quota', what: '429 insufficient_quota', stream: false },
      { id: 'html', what: '200 with an HTML page', stream: false },
      { id: 'silent', what: 'accepts the request and says nothing', stream: false },
      { id: 'truncated', what: 'stream ends without a finish reason', stream: true },
      { id: 'stalled', what: 'stream stalls after its first words', stream: true },
      { id: 'reset', what: 'connection reset in the middle of a stream', stream: true },
    ],
    rows: Object.entries(versions).flatMap(([entrant, version]) => {
      const isBuild = entrant === 'scratch' || entrant === 'langchain'
      return (isBuild ? (['defaults'] as const) : (['defaults', '2 retries'] as const)).flatMap((retries) =>
        Object.entries(endings).map(([fault, by]) => {
          const ending = isBuild ? by.builds : (by[entrant] ?? by.bare)
          const row = { fault, entrant, version, retries, ...ending }
          return entrant === 'langchain' && ending.outcome === 'error'
            ? { ...row, hasCallerFrame: false }
            : row
        }),
      )
    }),
  }
}

function success(attempts: number, elapsedMs: number): Ending {
  return { outcome: 'success', attempts, elapsedMs }
}

function error(attempts: number, elapsedMs: number, errorName: string, errorCode?: string): Ending {
  return {
    outcome: 'error',
    attempts,
    elapsedMs,
    errorName,
    ...(errorCode !== undefined && { errorCode }),
    hasCallerFrame: true,
  }
}
