import { expect, test } from 'vitest'

import { CancelledError, InvalidRequestError, NetworkError, UpstreamError } from '../contract/errors.ts'
import { toPlumblineError } from './classify.ts'
import { retryDelayMs } from './retry-decision.ts'
import { retryAfterMs } from './retry-headers.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const failed = (status: number, headers: Record<string, string> = {}, code?: string) =>
  toPlumblineError(
    Object.assign(new Error('quotes SECRET'), { status, code, headers: new Headers(headers) }),
    now,
  )

test.each([
  [400, undefined, 'INVALID_REQUEST', false],
  [400, 'context_length_exceeded', 'CONTEXT_LENGTH', false],
  [400, 'content_filter', 'CONTENT_FILTERED', false],
  [401, undefined, 'AUTHENTICATION', false],
  [403, undefined, 'AUTHENTICATION', false],
  [404, undefined, 'INVALID_REQUEST', false],
  [408, undefined, 'TIMEOUT', true],
  [409, undefined, 'UPSTREAM', true],
  [413, undefined, 'INVALID_REQUEST', false],
  [422, undefined, 'INVALID_REQUEST', false],
  [429, undefined, 'RATE_LIMITED', true],
  [429, 'insufficient_quota', 'QUOTA_EXCEEDED', false],
  [500, undefined, 'UPSTREAM', true],
  [503, undefined, 'UPSTREAM', true],
])('status %i with code %s is %s', (status, code, expected, retryable) => {
  const error = failed(status, {}, code)
  expect([error.code, error.retryable, error.status]).toEqual([expected, retryable, status])
  expect(error.message).not.toContain('SECRET')
})

test('errors without a status are told apart by what threw them', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name })
  expect(toPlumblineError(new SyntaxError('bad'), now)).toBeInstanceOf(UpstreamError)
  expect(toPlumblineError(new TypeError('fetch failed'), now)).toBeInstanceOf(NetworkError)
  expect(toPlumblineError(named('AbortError'), now)).toBeInstanceOf(CancelledError)
  expect(toPlumblineError(named('TimeoutError'), now).code).toBe('TIMEOUT')
  const typed = new InvalidRequestError('x')
  expect(toPlumblineError(typed, now)).toBe(typed)
  // Of the transport, in the SDK's one class for whatever a fetch throws.
  class APIConnectionError extends Error {}
  const unreadable = new UpstreamError('x', { retryable: false })
  expect(toPlumblineError(new APIConnectionError('x', { cause: unreadable }), now)).toBe(unreadable)
  expect(toPlumblineError(new APIConnectionError('x', { cause: new Error('y') }), now).code).toBe('NETWORK')
})

test('x-should-retry: false wins over a status that is retried, true adds nothing', () => {
  expect(failed(503, { 'x-should-retry': 'false' }).retryable).toBe(false)
  expect(failed(400, { 'x-should-retry': 'true' }).retryable).toBe(false)
})

test('Retry-After is read in seconds, as a date and in milliseconds', () => {
  const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now)
  expect(read({ 'retry-after': '2' })).toBe(2_000)
  expect(read({ 'retry-after': 'Mon, 23 Nov 2026 12:00:05 GMT' })).toBe(5_000)
  expect(read({ 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' })).toBe(0)
  expect(read({ 'retry-after-ms': '150', 'retry-after': '9' })).toBe(150)
  expect(read({ 'retry-after': 'Monday, 23-Nov-26 12:00:05 GMT' })).toBe(5_000)
  expect(read({ 'retry-after': 'Mon Nov 23 12:00:05 2026' })).toBe(5_000)
  for (const unreadable of ['soon', '-5', '5 apples', '1e3', '12:00', '0x10', '']) {
    expect(read({ 'retry-after': unreadable })).toBeUndefined()
    expect(read({ 'retry-after-ms': unreadable })).toBeUndefined()
  }
})

test('the delay has full jitter, doubles, and ends with the retries or the deadline', () => {
  const delay = (attempt: number, random: number, remainingMs = 60_000) =>
    retryDelayMs({ error: failed(500), attempt, remainingMs, random: () => random })
  expect([delay(1, 0), delay(1, 0.5), delay(2, 0.5)]).toEqual([0, 250, 500])
  expect(delay(3, 0.5)).toBeUndefined()
  expect(delay(1, 0.5, 250)).toBeUndefined()
})

test('the provider’s own wait is obeyed whole, or the error is passed on with it', () => {
  const error = failed(429, { 'retry-after': '20' })
  const delay = (remainingMs: number) => retryDelayMs({ error, attempt: 1, remainingMs, random: () => 0 })
  expect([delay(30_000), delay(20_000), error.retryAfterMs]).toEqual([20_000, undefined, 20_000])
})
