import { expect, test } from 'vitest'

import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts'

const options = { failureRate: 0.5, minimumAttempts: 4, windowMs: 1_000, openMs: 500 }

function attempts(breaker: CircuitBreaker, outcomes: string, nowMs: number): void {
  for (const outcome of outcomes) {
    expect(breaker.enter(nowMs)).toBeUndefined()
    breaker.leave(outcome === '+' ? 'success' : outcome === '-' ? 'failure' : 'neither', nowMs)
  }
}

test('it opens at the rate, not before the least number of attempts, and says how long', () => {
  const breaker = createCircuitBreaker(options)
  attempts(breaker, '---', 0)
  expect(breaker.state(0)).toBe('closed')
  attempts(breaker, '+', 0)
  expect(breaker.state(0)).toBe('closed')
  attempts(breaker, '-', 10)
  expect([breaker.state(10), breaker.enter(10), breaker.enter(110)]).toEqual(['open', 500, 400])
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
  expect([breaker.enter(500), breaker.enter(500)]).toEqual([undefined, 500])
  breaker.leave('failure', 510)
  expect([breaker.state(600), breaker.enter(600)]).toEqual(['open', 410])
  expect(breaker.enter(1_010)).toBeUndefined()
  breaker.leave('neither', 1_020)
  expect(breaker.enter(1_020)).toBeUndefined()
  breaker.leave('success', 1_030)
  expect(breaker.state(1_030)).toBe('closed')
  // What it knew from before is forgotten.
  attempts(breaker, '---', 1_040)
  expect(breaker.state(1_040)).toBe('closed')
})

test('attempts that began before it opened do not decide', () => {
  const breaker = createCircuitBreaker(options)
  for (let begun = 0; begun < 6; begun++) breaker.enter(0)
  for (let failed = 0; failed < 4; failed++) breaker.leave('failure', 1)
  breaker.leave('success', 2)
  expect(breaker.state(2)).toBe('open')
})

test('options that make no sense are refused by name', () => {
  expect(() => createCircuitBreaker({ failureRate: 0 })).toThrow('failureRate')
  expect(() => createCircuitBreaker({ openMs: Number.NaN })).toThrow('openMs')
})
