interface ReadableHeaders {
  get(name: string): string | null
}

/**
 * How long the provider asks to wait, in ms: `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date
 * (RFC 9110 section 10.2.3) against `now`, ms since the epoch. Undefined when it does not say, or not readably.
 */
export function retryAfterMs(headers: ReadableHeaders, now: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms')?.trim() ?? ''
  if (decimal.test(milliseconds)) return Number(milliseconds)
  const value = headers.get('retry-after')?.trim() ?? ''
  if (decimal.test(value)) return Number(value) * 1000
  const date = httpDate.test(value)
    ? Date.parse(value)
    : asctimeDate.test(value)
      ? Date.parse(`${value} GMT`)
      : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const decimal = /^\d{1,15}(\.\d+)?$/

// The three forms of RFC 9110 section 5.6.7. `Date.parse` alone takes `-5` for a day in 2001, which would be no wait at all.
const httpDate = /^[A-Z][a-z]{2,8}, .+ GMT$/
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/

/** What `x-should-retry` says; undefined when the provider does not send it. */
export function shouldRetryHeader(headers: ReadableHeaders): boolean | undefined {
  const value = headers.get('x-should-retry')
  return value === 'true' ? true : value === 'false' ? false : undefined
}
