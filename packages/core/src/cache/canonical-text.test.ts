import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { canonicalText } from './canonical-text.ts'

/** Texts that look like the marks of the canonical text, long and short, and halves of characters. */
const text = fc.oneof(
  fc
    .array(fc.constantFrom('\0', '\n', '1', '128', '"', '\\', ',', '\ud83d', '\ude00', 'é'), { maxLength: 4 })
    .map((parts) => parts.join('')),
  fc.constantFrom('x'.repeat(127), 'x'.repeat(128), 'x'.repeat(129), '\u0000128', `\0${'x'.repeat(128)}`),
  fc.constantFrom(`${'x'.repeat(128)}\ud83d`, `${'x'.repeat(128)}\ude00`, `\ud83d${'\ude00'.repeat(64)}`),
)
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, false, 0, 1, 128, -1, 1e21, 1e-7),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(text, fc.constantFrom('__proto__', 'a', '10', '9')), tie('value')), {
        maxLength: 4,
      })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value

test('two values have the same text if, and only if, they are the same JSON', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      expect(canonicalText(one) === canonicalText(other)).toBe(isDeepStrictEqual(one, other))
    }),
    { numRuns: 2_000 },
  )
  // Pairs that are alike by chance are few: these are.
  const near = fc
    .tuple(text, text, text)
    .chain(([a, b, c]) =>
      fc.tuple(
        fc.constantFrom([a, b + c], [a + b, c], [a, b, c], { a, b, c }, { a: b, b: a }),
        fc.constantFrom([a, b + c], [a + b, c], [b, a, c], { b, a, c }, { b, a }),
      ),
    )
  fc.assert(
    fc.property(near, ([one, other]) => {
      expect(canonicalText(one) === canonicalText(other)).toBe(isDeepStrictEqual(one, other))
    }),
    { numRuns: 2_000 },
  )
})

test('what was hashed as UTF-8 is of no other text', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalText(value).isWellFormed()).toBe(true)
    }),
  )
})

test('the order of keys does not matter, in objects of few keys and of many', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.oneof(text, fc.string()), json), {
    selector: ([key]) => key,
    maxLength: 60,
    size: 'max',
  })
  fc.assert(
    fc.property(
      entries.chain((one) =>
        fc.tuple(
          fc.constant(one),
          fc.shuffledSubarray(one, { minLength: one.length, maxLength: one.length }),
        ),
      ),
      ([one, shuffled]) => {
        expect(canonicalText({ deep: [Object.fromEntries(shuffled)] })).toBe(
          canonicalText({ deep: [Object.fromEntries(one)] }),
        )
      },
    ),
  )
})

test('a field that is undefined is not there, and an object of another realm is as good as one of this', () => {
  expect(canonicalText({ a: undefined, b: 1 })).toBe(canonicalText({ b: 1 }))
  expect(canonicalText(runInNewContext('({ b: [1] })'))).toBe(canonicalText({ b: [1] }))
  expect(canonicalText(Object.assign(Object.create(null), { b: 1 }))).toBe(canonicalText({ b: 1 }))
})

test.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['bigint', 1n],
  ['function', () => 1],
  ['symbol', Symbol('s')],
  ['undefined', [undefined]],
  ['undefined', Array(1)],
  ['Map', new Map()],
  ['Date', new Date(0)],
  ['Uint8Array', new Uint8Array(1)],
  ['function', { toJSON: () => 1 }],
])('what JSON cannot carry is refused by name: %s', (name, value) => {
  expect(() => canonicalText({ deep: [value] })).toThrow(name)
})

test('a circle is refused', () => {
  const circle: unknown[] = []
  circle.push(circle)
  expect(() => canonicalText(circle)).toThrow(RangeError)
})
