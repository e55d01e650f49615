import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { patternRule } from '../pattern/index.ts'
import { expectRuleLaws, found, output } from './__fixtures__/rule-laws.ts'
import { canaryRule } from './canary.ts'
import { customRule } from './custom-rule.ts'
import { defineGuardrails } from './define-policy.ts'
import type { GuardrailRule } from './rule.ts'
import { systemPromptRule } from './system-prompt.ts'
import { createTally } from './tally.ts'
import { createTextGate } from './text-gate.ts'

const system = 'You are the clerk of a hardware store. Never speak of discounts, and never name a supplier. '
const asked = { model: 'm', messages: [{ role: 'system' as const, content: system.repeat(2) }] }
const prompt = systemPromptRule({ minRunChars: 40 }).forRequest?.(asked) as GuardrailRule
// More places of one piece than are looked up.
const repetition = `${'the '.repeat(120)}end`
const repeating = systemPromptRule({ minRunChars: 40 }).forRequest?.({
  model: 'm',
  messages: [{ role: 'system', content: repetition }],
}) as GuardrailRule
const canary = canaryRule({ canaries: ['canary-1', 'canary-12345', 'nary-1ca'] })
const numbers = await patternRule({ id: 'test.numbers', pattern: '[0-9a]+|@\\b', reach: 5 })
const doubles = customRule({
  id: 'test.doubles',
  version: '1',
  reach: 2,
  find: (text, _place, from) =>
    [...text.slice(from).matchAll(/aa|1-/g)].map(({ index }) => ({
      type: 'double',
      start: from + index,
      end: from + index + 2,
    })),
})

test('findings of canaries, patterns and functions are local and final', () => {
  for (const rule of [canary, numbers, doubles, prompt, repeating]) expectRuleLaws(rule)
})

test.each([
  ['canaries', canary, ['canary-1', 'canary-12345', 'cana', 'ry-1', 'ca', '2']],
  ['a pattern', numbers, ['1', 'a', '12345', '-', '@', ' ']],
  ['a function', doubles, ['a', 'aa', '1-', '-', 'b']],
  [
    'a prompt',
    prompt,
    [system.slice(0, 30), system.slice(30, 55), system.slice(55), 'x', system.slice(10, 60)],
  ],
  ['a prompt that repeats itself', repeating, ['the '.repeat(11), 'the '.repeat(60), 'the', ' ', 'x', 'end']],
])('%s: however a text is cut, the pieces that come out are the redacted whole', (_, rule, fragments) => {
  const policy = defineGuardrails({ rules: [{ rule, action: 'redact' }] })
  const gate = () =>
    createTextGate(policy, { place: output, path: 'text', tally: createTally(policy, 'output') })
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...fragments), { maxLength: 12 }),
      fc.array(fc.nat({ max: 60 })),
      (parts, cuts) => {
        const text = parts.join('')
        const pieced = gate()
        let released = ''
        let at = 0
        for (const size of cuts) {
          released += pieced.push(text.slice(at, at + size))
          at += size
        }
        expect(released + pieced.end(text.slice(at))).toBe(gate().end(text))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a run of the system prompt counts from its length on, wherever it stands in the prompt', () => {
  const runs = Array.from({ length: system.length }, (_, start) => system.repeat(2).slice(start, start + 40))
  for (const run of runs) expect(found(prompt, `So:#${run}#`, output)).toEqual([run])
  for (const run of runs) expect(found(prompt, `So:#${run.slice(0, 39)}#`, output)).toEqual([])
})

test('each unit from which a repetition goes on long enough is found, and no other', () => {
  const text = `x${'the '.repeat(120)}x${'the '.repeat(9)}x${'the '.repeat(11)}`
  const expected = Array.from({ length: text.length }, (_, start) => start).filter(
    (start) => start + 40 <= text.length && repetition.includes(text.slice(start, start + 40)),
  )
  expect(repeating.find(text, output).map(({ start }) => start)).toEqual(expected)
})

test('a pattern that RE2 does not take, one that matches nothing, and a short canary are refused', async () => {
  await expect(patternRule({ id: 'x', pattern: '(?!a)' })).rejects.toThrow(SyntaxError)
  await expect(patternRule({ id: 'x', pattern: 'a*' })).rejects.toThrow(TypeError)
  expect(() => canaryRule({ canaries: ['short'] })).toThrow(TypeError)
  expect(() => systemPromptRule({ minRunChars: 39 })).toThrow(RangeError)
  expect(() => customRule({ id: 'x', version: '1', reach: 0, find: () => [] })).toThrow(RangeError)
})
