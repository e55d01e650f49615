import { families, presetNames, presets, type Answers } from '@plumbline/decide'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { answersFromHash, answersToHash } from './answers-hash.ts'

const options = ['scratch', 'langchain']
const text = fc.string({ minLength: 1, unit: 'grapheme' })
const amount = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0)
const names = fc.array(text, { minLength: 1 })

const anyAnswers: fc.Arbitrary<Answers> = fc.record(
  {
    weights: fc
      .tuple(...families.map(() => amount))
      .filter((all) => all.some((weight) => weight > 0))
      .map(([effort = 0, capability = 0, control = 0, footprint = 0, churn = 0]) => ({
        effort,
        capability,
        control,
        footprint,
        churn,
      })),
    constraints: fc
      .record(
        {
          maxBundleGzipKb: amount,
          maxPackages: amount,
          maxInstallMb: amount,
          requiredClauses: names,
          licences: names,
          providers: names,
        },
        { requiredKeys: [] },
      )
      .filter((found) => Object.keys(found).length > 0),
    opinions: fc.array(
      fc.record({
        about: text,
        favours: fc.constantFrom(...options),
        strength: fc.constantFrom(1 as const, 2 as const, 3 as const),
      }),
      { minLength: 1 },
    ),
  },
  { requiredKeys: [] },
)

test('any answers come back from the address that they make', () => {
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      const hash = new URL(`#${answersToHash(answers)}`, 'file:///report.html').hash
      expect(answersFromHash(hash, options)).toEqual({ answers, refused: [] })
    }),
  )
})

test('the presets come back', () => {
  for (const name of presetNames) {
    expect(answersFromHash(answersToHash(presets[name]), options).answers).toEqual(presets[name])
  }
})

test.each([
  ['decide', {}, []],
  ['', {}, []],
  ['decide?effort=4', { weights: { effort: 4, capability: 1, control: 1, footprint: 1, churn: 1 } }, []],
  ['decide?effort=-1', {}, ['effort=-1']],
  ['decide?effort=', {}, ['effort=']],
  ['decide?maxPackages=many&churn=NaN', {}, ['maxPackages=many', 'churn=NaN']],
  ['decide?effort=0&capability=0&control=0&footprint=0&churn=0', {}, ['all weights are 0']],
  ['decide?opinion=9.langchain.we know it', {}, ['opinion=9.langchain.we know it']],
  ['decide?opinion=2.nobody.we know it', {}, ['opinion=2.nobody.we know it']],
  ['decide?unknown=1', {}, []],
])('%s: what is wrong is refused and the rest is kept', (hash, answers, refused) => {
  const found = answersFromHash(hash, options)
  expect([found.answers, found.refused.toSorted()]).toEqual([answers, refused.toSorted()])
})
