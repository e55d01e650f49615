import { expect, test } from 'vitest'
import { escapeLength, skipEscape, startsWord } from './word-start.ts'

test('a word starts where no letter, digit or underscore stands before it', () => {
  expect(['a', ' a', '-a', 'é'].map((text) => startsWord(text, text.length - 1))).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['ba', '1a', '_a'].map((text) => startsWord(text, text.length - 1))).toEqual([false, false, false])
})

test('the letters of a JSON escape belong to no word', () => {
  expect(startsWord(String.raw`\na`, 2)).toBe(true)
  expect(startsWord(String.raw`\u00e9a`, 6)).toBe(true)
  expect(startsWord(String.raw`\xa`, 2)).toBe(false)
  expect(
    [String.raw`\n`, String.raw`\u00e9`, String.raw`\u00g9`, 'n'].map((text) => escapeLength(text, 1)),
  ).toEqual([1, 5, 0, 0])
  expect(skipEscape(String.raw`\u00e94111`, 5)).toBe(6)
  expect(skipEscape(String.raw`\u00414111`, 2)).toBe(6)
  expect(skipEscape('94111', 0)).toBe(0)
})
