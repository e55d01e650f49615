import { expect, test } from 'vitest'

import { responseSubject } from '../guardrails/guard-messages.ts'
import { jsonSchemaCheck } from './index.ts'

/** What a check of this schema objects to in an answer of these words: type and place. */
async function objections(schema: object, content: string): Promise<string[]> {
  const check = await jsonSchemaCheck({ schema })
  const subject = responseSubject(
    { model: 'm', messages: [{ role: 'user', content: 'Go' }] },
    {
      id: '1',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    },
  )
  const findings = await check.check(subject, new AbortController().signal)
  return findings.map(({ type, path }) => `${type} ${path.replace('choices[0].message.content', '')}`)
}
const of = (properties: object) => ({ type: 'object', properties })

test('patterns are held to as they are written for ECMAScript, wherever they stand', async () => {
  const schema = {
    ...of({
      code: { type: 'string', pattern: String.raw`^\u0041\/[\w-]{2,3}$` },
      list: { type: 'array', items: { pattern: String.raw`\d` } },
    }),
    patternProperties: { '^x-': { type: 'number' } },
  }
  expect(await objections(schema, '{"code":"A/b-c","list":["a1"],"x-a":1}')).toEqual([])
  expect(await objections(schema, '{"code":"A/b"}')).toEqual(['schema_pattern #/code'])
  expect(await objections(schema, '{"list":["1","a"]}')).toEqual(['schema_pattern #/list/1'])
  expect(await objections(schema, '{"x-a":"1"}')).toEqual(['schema_type #/*'])
})

test('a pattern that is exponential elsewhere judges a long answer at once', async () => {
  const schema = of({ a: { pattern: '^(a+)+$' }, b: { pattern: '^(?:a|a?)+$' } })
  const long = 'a'.repeat(30_000)
  expect(await objections(schema, JSON.stringify({ a: long, b: long }))).toEqual([])
  expect(await objections(schema, JSON.stringify({ a: `${long}!` }))).toEqual(['schema_pattern #/a'])
  expect(await objections(schema, JSON.stringify({ b: `${long}!` }))).toEqual(['schema_pattern #/b'])
})

test.each(['(?=look)ahead', String.raw`(a)\1`, 'a{1001}', '(unclosed'])(
  '%s is refused by name',
  async (pattern) => {
    const refused = expect.objectContaining({
      name: 'SyntaxError',
      message: `jsonSchemaCheck: RE2 does not take the pattern ${pattern}`,
    })
    await expect(jsonSchemaCheck({ schema: of({ a: { pattern } }) })).rejects.toEqual(refused)
    await expect(jsonSchemaCheck({ schema: { patternProperties: { [pattern]: {} } } })).rejects.toEqual(
      refused,
    )
  },
)

test('unique items are told apart by what they hold, and many of them judged at once', async () => {
  const schema = { type: 'array', uniqueItems: true }
  const many = Array.from({ length: 20_000 }, (_, index) => [index])
  expect(await objections(schema, JSON.stringify(many))).toEqual([])
  expect(await objections(schema, JSON.stringify([...many, [7]]))).toEqual(['schema_uniqueItems #'])
  expect(await objections(schema, '[{"a":1,"b":2},{"b":2,"a":1}]')).toEqual(['schema_uniqueItems #'])
  expect(await objections(schema, '[1,"1",true,[1],{"1":1},null]')).toEqual([])
  expect(await objections({ uniqueItems: false }, '[1,1]')).toEqual([])
})

test('a schema that is none is refused where it is given', async () => {
  await expect(jsonSchemaCheck({ schema: { type: 'strange' } })).rejects.toThrow(TypeError)
})
