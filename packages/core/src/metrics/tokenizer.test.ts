import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { createTokenCounter } from './tokenizer.ts'
import { estimateTokens } from './usage.ts'

const prose =
  'The quay was empty at six, and by seven 1,204 crates of "late pears" stood on it.\n\n  Nobody asked why. '

test('a text is counted as the tokenizer of its model does, and by bytes until it is loaded', async () => {
  const counter = createTokenCounter()
  const texts = [prose.repeat(60), 'Größe 日本語 🙂', '']
  expect(counter.count(texts, 'gpt-4o')).toBe(texts.reduce((sum, text) => sum + estimateTokens(text), 0))
  await counter.load('gpt-4o')
  expect(counter.count(texts, 'gpt-4o')).toBe(texts.reduce((sum, text) => sum + o200k(text), 0))
  for (const model of [
    'gpt-4-turbo',
    'openai/gpt-4',
    'ft:gpt-3.5-turbo:acme',
    'gpt-35-turbo',
    'text-embedding-3-small',
  ]) {
    await counter.load(model)
    expect(counter.count([prose], model)).toBe(cl100k(prose))
  }
  for (const model of ['gpt-4.1', 'gpt-5', 'o3', 'claude-sonnet-4-5']) {
    expect(counter.count(['Größe 日本語'], model)).toBe(o200k('Größe 日本語'))
  }
})

test('what is no word, or looks like a special token, is counted all the same', async () => {
  const counter = createTokenCounter()
  await counter.load('gpt-4o')
  expect(counter.count(['<|endoftext|> and <|im_start|>'], 'gpt-4o')).toBeGreaterThan(6)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (text) => {
      const exact = o200k(text, { disallowedSpecial: new Set() })
      // A run without a word is cut, which adds a token at each cut at most, and a few where a sign is cut off its marks.
      expect(Math.abs(counter.count([text], 'gpt-4o') - exact)).toBeLessThanOrEqual(4 + text.length / 100)
    }),
  )
})

test('what is counted is bounded, however long the texts and however many', async () => {
  let characters = 0
  let longest = 0
  const counter = createTokenCounter(async () => ({
    countTokens(text) {
      characters += text.length
      longest = Math.max(longest, text.length)
      return text.length / 4
    },
  }))
  await counter.load('gpt-4o')
  const texts = {
    one: ['a'.repeat(2_000_000)],
    words: [prose.repeat(20_000)],
    many: Array(50_000).fill(prose),
  }
  for (const [name, list] of Object.entries(texts)) {
    characters = 0
    const tokens = counter.count(list, 'gpt-4o')
    expect([name, characters <= 16_384, longest <= 512]).toEqual([name, true, true])
    expect(tokens / (list.join('').length / 4)).toBeCloseTo(1, 1)
  }
})

test('a sample of a long text is within 3 % of its count', async () => {
  const counter = createTokenCounter()
  await counter.load('gpt-4o')
  const long = Array.from(
    { length: 3000 },
    (_, line) => `${prose}Line ${line}: ${'és '.repeat(line % 7)}`,
  ).join('')
  expect(Math.abs(counter.count([long], 'gpt-4o') / o200k(long) - 1)).toBeLessThan(0.03)
})

test('without the package, once asked for, the rule of thumb stays', async () => {
  let imports = 0
  const counter = createTokenCounter(() => {
    imports++
    return Promise.reject(new Error('Cannot find package'))
  })
  await counter.load('gpt-4o')
  await counter.load('gpt-4o')
  expect([counter.count([prose], 'gpt-4o'), imports]).toEqual([estimateTokens(prose), 1])
})
