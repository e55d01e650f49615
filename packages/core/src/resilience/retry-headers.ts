interface ReadableHeaders {
  get(name: string): string | null
}

/**
 * How long the provider asks to wait, in ms: `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date
 * (RFC 9110 section 10.2.3) against `now`, ms since the epoch. Undefined when it does not say, or not readably.
 */
export function retryAfterMs(headers: ReadableHeaders, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '')
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds
  const value = headers.get('retry-after')
  if (value === null) return undefined
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number.parseFloat(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** What `x-should-retry` says; undefined when the provider does not send it. */
export function shouldRetryHeader(headers: ReadableHeaders): boolean | undefined {
  const value = headers.get('x-should-retry')
  return value === 'true' ? true : value === 'false' ? false : undefined
}
