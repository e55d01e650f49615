import { expect, test } from 'vitest'

import { createStoreGate } from './store-gate.ts'

test('three failures in a row close the way, one try a second looks whether it is free, and a success frees it', () => {
  let monotonicMs = 0
  const gate = createStoreGate({ now: () => 0, monotonicMs: () => monotonicMs, setTimer: () => () => {} })
  gate.failed()
  gate.failed()
  gate.succeeded()
  gate.failed()
  gate.failed()
  expect(gate.isOpen()).toBe(true)
  gate.failed()
  expect(gate.isOpen()).toBe(false)
  monotonicMs = 999
  expect(gate.mayTry()).toBe(false)
  monotonicMs = 1_000
  expect([gate.mayTry(), gate.mayTry()]).toEqual([true, false])
  gate.succeeded()
  expect(gate.isOpen()).toBe(true)
})
