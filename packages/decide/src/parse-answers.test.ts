import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { parseAnswers } from './parse-answers.ts'

test('answers are read', () => {
  const answers = { weights: { effort: 1, capability: 2, control: 0, footprint: 1, churn: 1 } }
  expect(parseAnswers(JSON.stringify(answers))).toEqual(answers)
})

test.each([
  ['{', 'mine.json is no JSON'],
  ['[]', 'mine.json: the top level must be object'],
  ['{"weight":{}}', 'must NOT have additional properties (weight)'],
  ['{"weights":{"effort":1}}', "/weights must have required property 'capability'"],
  ['{"opinions":[{"about":"a","favours":"b","strength":9}]}', '/opinions/0/strength must be equal to one of'],
  ['{"constraints":{"requiredClauses":["cache"]}}', '/constraints/requiredClauses/0 must match pattern'],
])('%s is refused', (json, words) => {
  expect(() => parseAnswers(json, 'mine.json')).toThrow(words)
})

test('the answers that are shown in the docs are answers', () => {
  const doc = readFileSync(new URL('../../../docs/decision-framework.md', import.meta.url), 'utf8')
  const [, shown = ''] = /```json\n([^`]+)```/.exec(doc) ?? []
  expect(parseAnswers(shown)).toMatchObject({ constraints: { maxPackages: 50 } })
})
