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

test('an entry comes back as it was; other bytes, another size and other epochs are no entry', () => {
  const entry = { vector: vectorToBytes([0.5, -0.25]), inputTokens: 7 }
  const epochs = 'AAECAwQFBgcICQoLDA0ODw'
  const bytes = encodeVectorEntry('k', entry, epochs)
  const decode = (stored: Uint8Array, dimensions?: number, key = 'k') =>
    decodeVectorEntry(key, stored, { dimensions, epochs })
  expect(decode(bytes, 2)).toEqual(entry)
  expect(decode(bytes)).toEqual(entry)
  expect(decode(bytes, 3)).toBeUndefined()
  expect(decode(bytes, undefined, 'other')).toBeUndefined()
  expect(decode(bytes.slice(1))).toBeUndefined()
  expect(decode(new Uint8Array(32))).toBeUndefined()
  for (const position of bytes.keys()) {
    const changed = bytes.slice()
    changed[position] = (changed[position] ?? 0) ^ 1
    expect(decode(changed)).toBeUndefined()
  }
  for (const other of ['', 'AAECAwQFBgcICQoLDA0OEA'])
    expect(decodeVectorEntry('k', bytes, { dimensions: 2, epochs: other })).toBeUndefined()
  const unbound = encodeVectorEntry('k', entry, '')
  expect(decodeVectorEntry('k', unbound, { dimensions: 2, epochs: '' })).toEqual(entry)
})

test('the shares of a batch add up to what the provider counted', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(10_000), (texts, totalTokens) => {
      const shares = shareTokens(texts, totalTokens)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(totalTokens)
      expect(shares.every((share) => share >= 0)).toBe(true)
    }),
  )
  expect(shareTokens(['any text'], 9)).toEqual([9])
})
