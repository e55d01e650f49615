import { expect, test } from 'vitest'

import { splitTexts } from './split-texts.ts'

test('texts are split at the limit, in their order', () => {
  const texts = ['a', 'b', 'c', 'd', 'e']
  expect(splitTexts(texts, { maxTexts: 2 })).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(splitTexts(texts)).toEqual([texts])
  expect(splitTexts([])).toEqual([])
})

test('long texts are split by their tokens before their number', () => {
  // 400,000 bytes are some 100,000 tokens.
  const long = 'x'.repeat(400_000)
  expect(splitTexts([long, long, long]).map((request) => request.length)).toEqual([2, 1])
  expect(splitTexts([long.repeat(3), 'short']).map((request) => request.length)).toEqual([1, 1])
})

test('a limit that is none is refused by name', () => {
  expect(() => splitTexts(['a'], { maxTexts: 0 })).toThrow(
    'maxEmbeddingTexts must be a positive integer, not 0',
  )
})
