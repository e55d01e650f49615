import { afterEach, expect, test, vi } from 'vitest'

import { systemClock } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a timer longer than the machine’s longest fires when it is due, and not at once', () => {
  vi.useFakeTimers()
  let fired = 0
  systemClock.setTimer(2 ** 32, () => fired++)
  vi.advanceTimersByTime(2 ** 32 - 1)
  expect(fired).toBe(0)
  vi.advanceTimersByTime(1)
  expect(fired).toBe(1)
})

test('a timer without end waits, and a cancelled one never fires', () => {
  vi.useFakeTimers()
  let fired = 0
  const cancels = [Infinity, 2 ** 32, 10].map((delayMs) => systemClock.setTimer(delayMs, () => fired++))
  vi.advanceTimersByTime(5)
  for (const cancel of cancels) cancel()
  vi.advanceTimersByTime(2 ** 33)
  expect(fired).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})
