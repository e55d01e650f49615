import { expect, test } from 'vitest'

import { everyNth } from './every-nth.ts'
import type { LabelledText } from './labelled-set.ts'

const texts = (labels: string): LabelledText[] =>
  [...labels].map((label, index) => ({ text: `${index}`, label: label === '1' ? 1 : 0 }))
const named = (some: LabelledText[]): string => some.map(({ text }) => text).join()

test('a sample keeps the share of attacks, also where they take turns with benign texts', () => {
  expect(named(everyNth(texts('01010101'), 2))).toBe('0,1,4,5')
  expect(named(everyNth(texts('000000001111'), 4))).toBe('0,4,8')
  expect(named(everyNth(texts('0001'), 4))).toBe('0,3')
})

test('a step of one takes them all', () => {
  expect(everyNth(texts('0110'), 1)).toEqual(texts('0110'))
})
