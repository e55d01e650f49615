import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeEntry, encodeEntry } from './codec.ts'

const response = { id: '1', object: 'chat.completion', created: 1, model: 'm', choices: [] }
const entry = { response, createdAt: 1_000, expiresAt: 2_000, epochs: 'e' }

test('an entry comes back equal until the moment it expires', () => {
  const bytes = encodeEntry('k', entry)
  expect(decodeEntry('k', bytes, 1_999)).toEqual(entry)
  expect(decodeEntry('k', bytes, 2_000)).toBeUndefined()
})

test('an entry of another key is no entry', () => {
  for (const other of ['other', 'K', '', 'k\n', 'kk'])
    expect(decodeEntry(other, encodeEntry('k', entry), 1_500)).toBeUndefined()
  expect(decodeEntry('k', encodeEntry('kk', entry), 1_500)).toBeUndefined()
})

test('cut, changed and foreign bytes are no entry, and never throw', () => {
  const bytes = encodeEntry('k', entry)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
      expect(decodeEntry('k', bytes.slice(0, position), 1_500)).toBeUndefined()
      const changed = bytes.slice()
      changed[position] = (changed[position] ?? 0) ^ change
      expect(decodeEntry('k', changed, 1_500)).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array(), (foreign) => {
      expect(decodeEntry('k', foreign, 1_500)).toBeUndefined()
    }),
  )
})
