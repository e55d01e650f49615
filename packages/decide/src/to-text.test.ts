import { expect, test } from 'vitest'

import { madeUp } from './__fixtures__/evidence.ts'
import { decide } from './decide.ts'
import { presetNames, presets } from './presets.ts'
import { adviceToAdr } from './to-adr.ts'
import { adviceToText } from './to-text.ts'
import { showMeasurement } from './words.ts'

/** Each driver line must name figures of the evidence, whatever is printed. */
test.each(presetNames)('every figure that is printed of an option was measured: %s', (preset) => {
  const advice = decide(madeUp, presets[preset])
  const printed = adviceToText(advice)
    .split('\n')
    .flatMap((line) => /^ {2}[+−][\d.]+ {2}(.*)$/.exec(line)?.[1] ?? [])
  expect(printed.length).toBeGreaterThan(0)
  for (const line of printed) {
    const [, what, first, figure, second, other] =
      /^(.*?): (\w+) ([\d.]+).*?, (\w+) ([\d.]+)/.exec(line) ?? []
    const driver = advice.drivers.find(({ criterion }) => criterion.what === what)
    for (const [option, shown] of [
      [first, figure],
      [second, other],
    ]) {
      const measured = madeUp.measurements.find(
        (one) => one.metric === driver?.criterion.metric && one.option === option,
      )
      expect(measured && showMeasurement(measured, driver?.criterion.unit).split(' ')[0]).toBe(shown)
    }
  }
})

test('a clause that has to pass is said to, not counted', () => {
  const clause = {
    metric: 'clause.CAC-05',
    option: 'scratch',
    label: 'counted',
    source: 'conformance',
  } as const
  expect([0, 1].map((value) => showMeasurement({ ...clause, value }))).toEqual(['no pass', 'pass'])
})

test('what is not measured is said, with the command that would measure it', () => {
  expect(adviceToText(decide(madeUp))).toContain(
    'releases a year of what is installed (churn; scratch, langchain): npm view PACKAGE time',
  )
})

test('the third answer is always there', () => {
  for (const preset of presetNames)
    expect(adviceToText(decide(madeUp, presets[preset]))).toContain('your own port')
  expect(adviceToText(decide({ options: ['a', 'b'], measurements: [] }))).toContain('your own port')
})

test('the decision record has the sections of MADR and a trigger for coming back to it', () => {
  const adr = adviceToAdr(decide(madeUp, presets['steelman-scratch']), {
    date: '2026-11-24',
    evidence: madeUp,
  })
  const headings = adr.split('\n').filter((line) => line.startsWith('#'))
  expect(headings).toEqual(
    expect.arrayContaining([
      '## Context and Problem Statement',
      '## Decision Drivers',
      '## Considered Options',
      '## Decision Outcome',
      '### Consequences',
      '### Confirmation',
    ]),
  )
  expect(adr).toMatch(/Revisit when \w+ weighs/)
  expect(adr).toContain('2026-11-24, commit 0123456')
})
