import { expect, test } from 'vitest'

import { createVirtualClock } from './virtual-clock.ts'

test('timers run in the order of their times, equal ones in the order they were set, and time is theirs', () => {
  const clock = createVirtualClock(1_000)
  const ran: string[] = []
  const note = (name: string) => () => void ran.push(`${name} at ${clock.monotonicMs()}, ${clock.now()}`)
  clock.setTimer(20, note('late'))
  clock.setTimer(10, note('first'))
  clock.setTimer(10, note('second'))
  clock.setTimer(15, note('cancelled'))()
  while (clock.runNext());
  expect(ran).toEqual(['first at 10, 1010', 'second at 10, 1010', 'late at 20, 1020'])
})

test('a timer that is set by a timer counts from then', () => {
  const clock = createVirtualClock(0)
  let endMs = 0
  clock.setTimer(5, () => clock.setTimer(5, () => (endMs = clock.monotonicMs())))
  while (clock.runNext());
  expect(endMs).toBe(10)
})
