import { expect, test } from 'vitest'

import { reservedUsage } from './reserved-usage.ts'

const messages = [{ role: 'user' as const, content: 'How are you?' }]
const outputOf = (fields: Record<string, unknown>, most?: number) =>
  reservedUsage({ model: 'gpt-4o', messages, ...fields }, most).outputTokens

test('the output is the limit of the request, for each answer, or the default', () => {
  expect(outputOf({})).toBe(1024)
  expect(outputOf({}, 10)).toBe(10)
  expect(outputOf({ max_tokens: 7 })).toBe(7)
  expect(outputOf({ max_tokens: 7, max_completion_tokens: 9, n: 3 })).toBe(27)
  expect(outputOf({ max_tokens: null, n: null })).toBe(1024)
})

test('tools and schemas are input, too; a picture is not read as text', () => {
  const inputOf = (fields: Record<string, unknown>) =>
    reservedUsage({ model: 'gpt-4o', messages, ...fields }).inputTokens
  const plain = inputOf({})
  expect(plain).toBeGreaterThan(0)
  expect(inputOf({ tools: [{ type: 'function', function: { name: 'x'.repeat(400) } }] })).toBeGreaterThan(
    plain + 100,
  )
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(40_000)}` } }
  expect(inputOf({ messages: [{ role: 'user', content: [image] }] })).toBeLessThan(plain)
})
