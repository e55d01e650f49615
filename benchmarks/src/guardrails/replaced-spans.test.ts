import { expect, test } from 'vitest'

import { replacedSpans } from './replaced-spans.ts'

const types = { EMAIL_ADDRESS: 'email', '[CARD]': 'card' }

test('what was replaced is found where it stood', () => {
  const original = 'Mail ann@example.com or 4111 1111 1111 1111 now'
  expect(replacedSpans(original, 'Mail EMAIL_ADDRESS or [CARD] now', types)).toEqual([
    { type: 'email', start: 5, end: 20 },
    { type: 'card', start: 24, end: 43 },
  ])
})

test('a text that was left alone has none, one that is all replaced has one', () => {
  expect(replacedSpans('Hello', 'Hello', types)).toEqual([])
  expect(replacedSpans('ann@example.com', 'EMAIL_ADDRESS', types)).toEqual([
    { type: 'email', start: 0, end: 15 },
  ])
})
