import { expect, test } from 'vitest'

import { createCircuitBreaker, type CircuitBreaker, type Pass } from './circuit-breaker.ts'

const options = { failureRate: 0.5, minimumAttempts: 4, windowMs: 1_000, openMs: 500 }

const enter = (breaker: CircuitBreaker, nowMs: number): Pass => {
  const entered = breaker.enter(nowMs)
  if ('waitMs' in entered) throw new Error(`refused for ${entered.waitMs} ms`)
  return entered
}

function attempts(breaker: CircuitBreaker, outcomes: string, nowMs: number): void {
  for (const outcome of outcomes) {
    const ended = outcome === '+' ? 'success' : outcome === '-' ? 'failure' : 'neither'
    breaker.leave(enter(breaker, nowMs), ended, nowMs)
  }
}

test('it opens at the rate, not before the least number of attempts, and says how long', () => {
  const breaker = createCircuitBreaker(options)
  attempts(breaker, '---', 0)
  expect(breaker.state(0)).toBe('closed')
  attempts(breaker, '+', 0)
  expect(breaker.state(0)).toBe('closed')
  attempts(breaker, '-', 10)
  expect([breaker.state(10), breaker.enter(10), breaker.enter(110)]).toEqual([
    'open',
    { waitMs: 500 },
    { waitMs: 400 },
  ])
})

test('what is below the rate, older than the window, or neither keeps it closed', () => {
  const breaker = createCircuitBreaker(options)
  attempts(breaker, '+++--', 0)
  attempts(breaker, '????????', 0)
  attempts(breaker, '--', 1_100)
  expect(breaker.state(1_100)).toBe('closed')
})

test('one attempt at a time probes: a failure opens again, an abort frees the place, a success closes', () => {
  const breaker = createCircuitBreaker(options)
  attempts(breaker, '----', 0)
  expect(breaker.state(500)).toBe('half-open')
  const first = enter(breaker, 500)
  expect(breaker.enter(510)).toEqual({ waitMs: 490 })
  breaker.leave(first, 'failure', 510)
  expect([breaker.state(600), breaker.enter(600)]).toEqual(['open', { waitMs: 410 }])
  breaker.leave(enter(breaker, 1_010), 'neither', 1_020)
  breaker.leave(enter(breaker, 1_020), 'success', 1_030)
  expect(breaker.state(1_030)).toBe('closed')
  // What it knew from before is forgotten.
  attempts(breaker, '---', 1_040)
  expect(breaker.state(1_040)).toBe('closed')
})

test('attempts of before do not decide: neither while it is open, nor for a probe, nor after it has closed', () => {
  const breaker = createCircuitBreaker(options)
  const [older = { generation: 0 }, oldest = older, ...others] = Array.from({ length: 6 }, () =>
    enter(breaker, 0),
  )
  for (const pass of others) breaker.leave(pass, 'failure', 1)
  breaker.leave(older, 'success', 2)
  expect(breaker.state(2)).toBe('open')
  const probe = enter(breaker, 501)
  breaker.leave(oldest, 'success', 502)
  expect([breaker.state(502), breaker.enter(502)]).toEqual(['half-open', { waitMs: 499 }])
  breaker.leave(probe, 'failure', 503)
  expect(breaker.state(504)).toBe('open')
})

test('a probe that never ends keeps the others out for one more wait, no longer', () => {
  const breaker = createCircuitBreaker(options)
  attempts(breaker, '----', 0)
  const slow = enter(breaker, 500)
  const next = enter(breaker, 1_000)
  breaker.leave(slow, 'failure', 1_001)
  breaker.leave(next, 'success', 1_002)
  expect(breaker.state(1_002)).toBe('closed')
})

test('options that make no sense are refused by name', () => {
  expect(() => createCircuitBreaker({ failureRate: 0 })).toThrow('failureRate')
  expect(() => createCircuitBreaker({ openMs: Number.NaN })).toThrow('openMs')
})
