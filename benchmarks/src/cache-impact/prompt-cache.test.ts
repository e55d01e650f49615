import { expect, test } from 'vitest'

import { createPromptCache } from './prompt-cache.ts'

const request = (system: string, user: string) => ({
  model: 'm',
  messages: [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: user },
  ],
})
// Over a thousand tokens.
const long = 'the order parcel arrives within three working days '.repeat(200)

test('a prompt that begins like one of the last five minutes has that much cached, from 1,024 tokens on', () => {
  const cache = createPromptCache()
  expect(cache.cachedTokens(request(long, 'One?'), 1_700, 0)).toBe(0)
  const shared = cache.cachedTokens(request(long, 'Two?'), 1_700, 1_000)
  expect(shared % 128).toBe(0)
  expect(shared).toBeGreaterThanOrEqual(1_024)
  expect(shared).toBeLessThan(1_700)
  expect(cache.cachedTokens(request(`Other. ${long}`, 'Two?'), 1_700, 2_000)).toBe(0)
  expect(cache.cachedTokens(request(long, 'Two?'), 1_700, 400_000)).toBe(0)
})

test('a short prompt is never cached', () => {
  const cache = createPromptCache()
  for (const nowMs of [0, 1]) expect(cache.cachedTokens(request('Short.', 'Hi'), 20, nowMs)).toBe(0)
})
