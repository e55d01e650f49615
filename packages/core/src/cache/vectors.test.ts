import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeVectorEntry, encodeVectorEntry, shareTokens } from './vector-entry.ts'
import { vectorFromBytes, vectorToBytes } from './vectors.ts'

test('a vector is float32 from the first answer on, and the same bits in both encodings', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { minLength: 1 }), (numbers) => {
      const bytes = vectorToBytes(numbers)
      expect(vectorFromBytes(bytes, 'float')).toEqual(numbers.map((number) => Math.fround(number)))
      expect(vectorToBytes(vectorFromBytes(bytes, 'base64'))).toEqual(bytes)
    }),
  )
})

test('an entry comes back as it was; other bytes and another size are no entry', () => {
  const entry = { vector: vectorToBytes([0.5, -0.25]), inputTokens: 7 }
  const bytes = encodeVectorEntry('k', entry)
  expect(decodeVectorEntry('k', bytes, 2)).toEqual(entry)
  expect(decodeVectorEntry('k', bytes, undefined)).toEqual(entry)
  expect(decodeVectorEntry('k', bytes, 3)).toBeUndefined()
  expect(decodeVectorEntry('other', bytes, undefined)).toBeUndefined()
  expect(decodeVectorEntry('k', bytes.slice(1), undefined)).toBeUndefined()
  expect(decodeVectorEntry('k', new Uint8Array(16), undefined)).toBeUndefined()
  for (const position of bytes.keys()) {
    const changed = bytes.slice()
    changed[position] = (changed[position] ?? 0) ^ 1
    expect(decodeVectorEntry('k', changed, undefined)).toBeUndefined()
  }
})

test('the shares of a batch add up to what the provider counted', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(10_000), (texts, totalTokens) => {
      const shares = shareTokens(texts, totalTokens)
      const empty = texts.every((text) => text === '')
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(empty ? 0 : totalTokens)
      expect(shares.every((share) => share >= 0)).toBe(true)
    }),
  )
  expect(shareTokens(['any text'], 9)).toEqual([9])
})
