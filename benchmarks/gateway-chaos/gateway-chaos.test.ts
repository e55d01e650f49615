import { expect, test } from 'vitest'

import { scenarios } from './scenarios.ts'

// The rest takes minutes: npm run gateway-chaos.
test.each(['sigterm'])('scratch holds: %s', { timeout: 180_000 }, async (name) => {
  const { violations } = (await scenarios[name]?.('scratch', { calls: 120, streams: 50 })) ?? {
    violations: ['unknown'],
  }
  expect(violations).toEqual([])
})
