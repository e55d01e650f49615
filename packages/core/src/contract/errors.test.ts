import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { CancelledError, PlumblineError, RateLimitedError, TimeoutError } from './errors.ts'

test('an error is recognised by its brand, by its own class and by the base class', () => {
  const error = new RateLimitedError('Too many.', { status: 429 })
  expect(RateLimitedError.isInstance(error)).toBe(true)
  expect(PlumblineError.isInstance(error)).toBe(true)
  expect(TimeoutError.isInstance(error)).toBe(false)
  expect(PlumblineError.isInstance(new Error('other'))).toBe(false)
})

test('an error of another copy of the class is recognised too', () => {
  const brand = Symbol.for('plumbline.error')
  const foreign = Object.assign(new Error('from a copy'), {
    [brand]: true,
    name: 'CancelledError',
    code: 'CANCELLED',
  })
  expect(CancelledError.isInstance(foreign)).toBe(true)
})

test('a class has its default for retryable, and the facts win', () => {
  expect(new RateLimitedError('x').retryable).toBe(true)
  expect(new RateLimitedError('x', { retryable: false }).retryable).toBe(false)
  expect(new TimeoutError('x').retryable).toBe(false)
})

test('an error is printed without the words of its cause', () => {
  const error = new RateLimitedError('Too many.', { status: 429, cause: new SyntaxError('quotes SECRET') })
  const text = inspect({ error })
  expect(text).not.toContain('SECRET')
  expect(text).toMatch(/Too many\.[^]*code: RATE_LIMITED, status: 429, cause: SyntaxError \(not shown\)/)
  expect(error.cause).toBeInstanceOf(SyntaxError)
})
