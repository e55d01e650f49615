import { expect, test } from 'vitest'

import { copyJson } from './copy-json.ts'

test('a copy is equal, shares no object, and keeps what stands under a symbol', () => {
  const along = Symbol('along')
  const sent = {}
  const request = {
    model: 'm',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, null] }],
    stop: undefined,
    [along]: sent,
  }
  const copy = copyJson(request)
  expect(copy).toEqual(request)
  expect(copy[along]).toBe(sent)
  request.messages[0]?.content.push(null)
  request.messages.pop()
  expect(copy.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }, null] }])
})

test('a field that every object inherits is one like any other', () => {
  const request: object = JSON.parse('{"__proto__":{"isAdmin":true},"a":{"__proto__":{"b":[1]}}}')
  const copy = copyJson(request)
  expect(JSON.stringify(copy)).toBe(JSON.stringify(request))
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect('isAdmin' in copy).toBe(false)
  expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).not.toBe(
    Object.getOwnPropertyDescriptor(request, '__proto__')?.value,
  )
})
