import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { input, output } from './__fixtures__/rule-laws.ts'
import { cutText, VALUES } from './__fixtures__/texts.ts'
import { customRule } from './custom-rule.ts'
import { defaultGuardrails } from './default-policy.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { guardRequest } from './guard-messages.ts'
import { guardText } from './guard-text.ts'
import { holdBound } from './hold-bound.ts'
import { lengthRule } from './length.ts'
import { maskValue } from './mask.ts'
import type { GuardrailAction, GuardrailPolicy } from './policy.ts'
import type { GuardrailRule } from './rule.ts'
import { createTally } from './tally.ts'
import { createTextGate } from './text-gate.ts'

const hashKey = 'test-key-0123456789abcdef'
const rules = defaultGuardrails().rules.filter(({ action }) => action === 'redact')

function policyOf(action: GuardrailAction, key = hashKey): GuardrailPolicy {
  return defineGuardrails({ rules: rules.map(({ rule }) => ({ rule, action })), hashKey: key })
}
const masking = policyOf('mask')
const hashing = policyOf('hash')
/** The actions by turns, so that findings of each overlap those of the others. */
const mixed = defineGuardrails({
  rules: rules.map(({ rule }, index) => ({
    rule,
    action: (['mask', 'hash', 'redact'] as const)[index % 3] ?? 'redact',
  })),
  hashKey,
})

function stream(policy: GuardrailPolicy, pieces: readonly string[], json = false) {
  const tally = createTally(policy, 'output')
  const gate = createTextGate(policy, { place: output, path: 'text', tally, json })
  let received = 0
  let shown = 0
  let held = 0
  const released: string[] = []
  for (const piece of pieces) {
    received += piece.length
    const out = gate.push(piece)
    released.push(out)
    shown += out.length
    held = Math.max(held, received - shown)
  }
  released.push(gate.end())
  return { released, text: released.join(''), verdicts: tally.verdicts, held }
}

test.each([
  ['ann.lee+news@mail.example.org', 'a***@mail.example.org'],
  ['al@example.org', '***@example.org'],
  ['4111 1111 1111 1111', '****-****-****-1111'],
  ['3782-822463-10005', '****-****-****-0005'],
  ['219-09-9998', '***-**-9998'],
  ['DE89 3704 0044 0532 0130 00', 'DE****3000'],
  ['203.0.113.77', '*.*.*.77'],
  ['2001:db8::8a2e:370:7334', '****:7334'],
  ['+44 20 7946 0958', '****0958'],
  ['1-212-555-0147 ext. 12', '****0147'],
  ['phone: 5550147', 'phone: ****47'],
  ['https://lena:s3same@[2001:db8::1]/', 'https://****@[****:1]/'],
  [`sk-proj-${'aB3_'.repeat(12)}`, '****3aB3'],
  [`-----BEGIN PRIVATE KEY-----\n${'MIIEpAIB'.repeat(8)}\n-----END PRIVATE KEY-----`, '****'],
])('%s is masked as %s', (value, mask) => {
  const { text } = guardText(masking, `It is ${value} now`, input)
  expect(text).toBe(`It is ${mask} now`)
  expect(guardText(masking, text, input).verdicts).toEqual([])
})

test('of a value that is short nothing is shown, and of any other its letters and digits alone', () => {
  expect(maskValue('term', 'abcde')).toBe('****')
  expect(maskValue('term', 'a"b\\c"d"efg')).toBe('****fg')
})

test('equal values have equal hashes however they are written, under one key, and no rule finds one', () => {
  const same = [
    ['4111 1111 1111 1111', '4111-1111-1111-1111', '4111111111111111', '４１１１ １１１１ １１１１ １１１１'],
    ['ann@example.com', 'Ann@Example.com', 'a\u200bnn＠example.com'],
    ['219-09-9998', '219 09 9998'],
    ['DE89 3704 0044 0532 0130 00', 'de89370400440532013000'],
    ['2001:db8::8a2e:370:7334', '2001:DB8::8A2E:370:7334'],
    ['+44 20 7946 0958', '+44 (20) 7946-0958'],
  ]
  const seen = new Set<string>()
  for (const forms of same) {
    const hashes = new Set(forms.map((form) => guardText(hashing, `so: ${form} ok`, input).text))
    expect([...hashes], forms[0]).toEqual([
      expect.stringMatching(/^so: \[[A-Z]+#[BCDFGHJKLMNPRSTV]{16}\] ok$/),
    ])
    for (const text of hashes) expect(guardText(masking, text, input)).toMatchObject({ text, verdicts: [] })
    seen.add([...hashes].join(''))
  }
  expect(seen.size).toBe(same.length)
  const other = guardText(policyOf('hash', `${hashKey}!`), 'so: ann@example.com ok', input).text
  expect(seen).not.toContain(other)
  expect(guardText(hashing, 'bob@example.com', input).text).not.toBe(
    guardText(hashing, 'ann@example.com', input).text,
  )
})

test.each([
  ['mask', masking],
  ['hash', hashing],
  ['mask, hash and redact', mixed],
] as const)(
  '%s: a stream is the guarded whole, shows no more on the way, and holds no more than its bound',
  (_, policy) => {
    fc.assert(
      fc.property(cutText, ({ text, pieces }) => {
        const whole = guardText(policy, text, output)
        const { released, verdicts } = stream(policy, pieces)
        let prefix = ''
        for (const piece of released) {
          prefix += piece
          expect(whole.text.startsWith(prefix)).toBe(true)
        }
        expect(prefix).toBe(whole.text)
        expect(verdicts).toEqual(whole.verdicts)
      }),
      { numRuns: 800 * Number(process.env.FC_RUNS ?? 1) },
    )
    fc.assert(
      fc.property(cutText, ({ text }) => {
        const { text: replaced } = stream(policy, [JSON.stringify({ text, list: [text] })], true)
        expect(() => JSON.parse(replaced)).not.toThrow()
      }),
      { numRuns: 300 * Number(process.env.FC_RUNS ?? 1) },
    )
    for (const value of VALUES) {
      const { held } = stream(policy, [...`${value} `.repeat(30)])
      expect(held).toBeLessThanOrEqual(holdBound(policy))
    }
  },
)

/** Finds a word, wherever it stands. */
function wordRule(word: string): GuardrailRule {
  return customRule({
    id: `test.${word}`,
    version: '1',
    reach: word.length,
    find: (text, _place, from) =>
      [...text.matchAll(new RegExp(word, 'g'))]
        .filter(({ index }) => index >= from)
        .map(({ index }) => ({ type: word, start: index, end: index + word.length })),
  })
}

test('a mask shows nothing of a value that another rule replaces, whole or streamed', () => {
  const overlapping = defineGuardrails({
    rules: [
      { rule: wordRule('abcdefghijkl'), action: 'mask' },
      { rule: wordRule('klmnop'), action: 'redact' },
      { rule: wordRule('cde'), action: 'mask' },
    ],
  })
  for (const [text, expected] of [
    ['- abcdefghijkl -', '- ****ijkl -'],
    ['- abcdefghijklmnop -', '- [ABCDEFGHIJKL] -'],
    ['- abcdefghijklmno -', '- ****ijklmno -'],
  ] as const) {
    expect(guardText(overlapping, text, output).text).toBe(expected)
    expect(stream(overlapping, [...text]).text).toBe(expected)
  }
})

test('with `restore`, hashed values are put back and masked ones are not', () => {
  const policy = defineGuardrails({
    rules: rules.map(({ rule }) => ({ rule, action: rule.id === 'pii.email' ? 'hash' : 'mask' })),
    hashKey,
    restore: true,
  })
  const content = 'ann@example.com, Ann@example.com and 4111111111111111'
  const { request, originals } = guardRequest(policy, { model: 'm', messages: [{ role: 'user', content }] })
  expect(request.messages[0]?.content).toMatch(/^(\[EMAIL#\w+\]), \1 and \*{4}-\*{4}-\*{4}-1111$/)
  expect([...(originals ?? []).values()]).toEqual(['ann@example.com'])
})

test('the key is needed, is long, changes the fingerprint, and is nowhere to be seen', () => {
  const rule = emailRule()
  expect(() => defineGuardrails({ rules: [{ rule, action: 'hash' }] })).toThrow(TypeError)
  expect(() => defineGuardrails({ rules: [{ rule, action: 'hash' }], hashKey: 'short' })).toThrow(TypeError)
  expect(() => defineGuardrails({ rules: [{ rule: lengthRule(), action: 'mask' }] })).toThrow(TypeError)
  const fingerprints = [masking, hashing, policyOf('redact'), policyOf('hash', `${hashKey}!`)]
  expect(new Set(fingerprints.map(({ fingerprint }) => fingerprint)).size).toBe(4)
  expect(policyOf('hash').fingerprint).toBe(hashing.fingerprint)
  // A key that nothing is hashed with decides nothing.
  expect(policyOf('redact', `${hashKey}!`).fingerprint).toBe(policyOf('redact').fingerprint)
  expect(JSON.stringify(hashing) + Object.values(hashing).join()).not.toContain(hashKey)
})
