import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { ChatRequest } from '../contract/wire.ts'
import { responseKey, vectorKey } from './key.ts'

const scope = { tenant: 'acme', provider: 'openai@http://localhost/v1', policyFingerprint: 'none' }
const request: ChatRequest = {
  model: 'gpt-4o',
  temperature: 0,
  messages: [{ role: 'user', content: 'Hello' }],
}

test('the order of keys and explicit undefined do not matter', () => {
  const reordered = {
    messages: [{ content: 'Hello', role: 'user' as const }],
    seed: undefined,
    temperature: 0,
    model: 'gpt-4o',
  }
  expect(responseKey(reordered as unknown as ChatRequest, scope)).toBe(responseKey(request, scope))
})

test('transport and bookkeeping fields do not count, an unknown field does', () => {
  const key = responseKey(request, scope)
  expect(responseKey({ ...request, stream: true, user: 'u', metadata: { a: '1' }, store: true }, scope)).toBe(
    key,
  )
  expect(responseKey({ ...request, top_k: 5 }, scope)).not.toBe(key)
})

test('tenant, provider and policy each part the keys', () => {
  const keys = [
    scope,
    { ...scope, tenant: 'b' },
    { ...scope, provider: 'p' },
    { ...scope, policyFingerprint: 'f' },
  ].map((one) => responseKey(request, one))
  expect(new Set(keys).size).toBe(4)
})

test('however many the tenants, each has keys of its own', () => {
  const keysOf = () =>
    Array.from({ length: 2_500 }, (_, index) => responseKey(request, { ...scope, tenant: `t${index}` }))
  const keys = keysOf()
  expect(new Set(keys).size).toBe(2_500)
  expect(keysOf()).toEqual(keys)
})

test('a field that is called __proto__ counts like any other', () => {
  const withField = (value: string) =>
    JSON.parse(JSON.stringify(request).replace('{', `{"__proto__":{"a":"${value}"},`)) as ChatRequest
  const keys = [request, withField('x'), withField('y')].map((one) => responseKey(one, scope))
  expect(new Set(keys).size).toBe(3)
})

test('no delimiter in any text makes two requests share a key', () => {
  const text = fc
    .array(fc.constantFrom('a', '"', ',', ':', '\n', 'AI: ', '\\', '{', '}', '\u0000'))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), fc.array(text, { minLength: 1 }), (one, other) => {
      const toKey = (texts: string[]) =>
        responseKey({ model: 'm', messages: texts.map((content) => ({ role: 'user', content })) }, scope)
      expect(toKey(one) === toKey(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
  )
})

test('a vector key holds model, dimensions and unknown fields, and neither encoding nor user', () => {
  const embed = { model: 'm', input: 'x' }
  const key = vectorKey('x', embed, scope)
  expect(vectorKey('x', { ...embed, encoding_format: 'base64', user: 'u', input: ['x', 'y'] }, scope)).toBe(
    key,
  )
  expect(vectorKey('x', { ...embed, dimensions: 256 }, scope)).not.toBe(key)
  expect(vectorKey('x', { ...embed, input_type: 'query' }, scope)).not.toBe(key)
})

test('a normalised key joins what differs in case, space and punctuation, and is never an exact one', () => {
  const asked = (content: string): ChatRequest => ({ model: 'm', messages: [{ role: 'user', content }] })
  const keyOf = (content: string) => responseKey(asked(content), scope, { matching: 'normalised' })
  expect(keyOf('How are  you?')).toBe(keyOf('how are you'))
  expect(keyOf('how are you')).not.toBe(keyOf('who are you'))
  expect(keyOf('how are you')).not.toBe(responseKey(asked('how are you'), scope))
})
