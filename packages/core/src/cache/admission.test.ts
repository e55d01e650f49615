import { expect, test } from 'vitest'

import type { ChatChoice, ChatMessage, ChatResponse } from '../contract/wire.ts'
import { isStorable } from './admission.ts'

function answer(...choices: Partial<ChatChoice>[]): ChatResponse {
  const whole = choices.map((choice, index) => ({
    index,
    finish_reason: 'stop',
    message: says({ content: 'Yes.' }),
    ...choice,
  }))
  return { id: '1', object: 'chat.completion', created: 1, model: 'm', choices: whole }
}

function says(fields: Partial<ChatMessage>): ChatMessage {
  return { role: 'assistant', ...fields }
}

const called = says({ content: null, tool_calls: [{ id: 'a', type: 'function' }] })

test('an answer that has ended by itself is stored', () => {
  expect(isStorable(answer({}))).toBe(true)
  expect(isStorable(answer({}, {}))).toBe(true)
  expect(isStorable(answer({ message: says({ content: 'Yes.', tool_calls: [] }) }))).toBe(true)
})

test.each([
  ['no choices', answer()],
  ['a cut one', answer({ finish_reason: 'length' })],
  ['a filtered one', answer({ finish_reason: 'content_filter' })],
  ['one without an end', answer({ finish_reason: null })],
  ['an empty one', answer({ message: says({ content: '' }) })],
  ['one without content', answer({ message: says({ content: null }) })],
  ['a refused one', answer({ message: says({ content: 'No.', refusal: 'No.' }) })],
  ['one cut choice of two', answer({}, { finish_reason: 'length' })],
  ['tool calls', answer({ finish_reason: 'tool_calls', message: called })],
  ['tool calls that end with stop', answer({ message: { ...called, content: 'Let me see.' } })],
  ['a function call', answer({ message: says({ content: 'So.', function_call: { name: 'f' } }) })],
  // What no type allows and a server may send.
  ['a choice without a message', answer({ message: undefined as unknown as ChatMessage })],
])('%s: not stored', (_, response) => {
  expect(isStorable(response)).toBe(false)
})

test('tool calls are stored where that is wanted, unless they are cut', () => {
  const wanted = { toolCalls: true }
  expect(isStorable(answer({ finish_reason: 'tool_calls', message: called }), wanted)).toBe(true)
  expect(isStorable(answer({ message: called }, {}), wanted)).toBe(true)
  expect(isStorable(answer({ finish_reason: 'length', message: called }), wanted)).toBe(false)
  expect(isStorable(answer({ finish_reason: 'tool_calls', message: says({ content: null }) }), wanted)).toBe(
    false,
  )
})
