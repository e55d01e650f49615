import { expect, test } from 'vitest'

import type { ChatChunk, ChatResponse } from '../contract/wire.ts'
import { createChunkAssembler } from './assemble.ts'
import { hasContent, replayAsChunks, withoutUsage } from './replay.ts'

const answer: ChatResponse = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  system_fingerprint: 'fp',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    },
    { index: 1, message: { role: 'assistant', content: 'Hello', refusal: null }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}

test('an answer replayed as chunks and joined again is the answer', () => {
  const assembler = createChunkAssembler()
  for (const chunk of replayAsChunks(answer)) assembler.add(chunk)
  expect(assembler.isComplete()).toBe(true)
  expect(assembler.response()).toEqual(answer)
})

test('pieces of parallel tool calls are joined by their index', () => {
  const piece = (index: number, text: string, id?: string): ChatChunk => ({
    id: '1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        delta: {
          tool_calls: [
            {
              index,
              ...(id && { id, type: 'function' }),
              function: { ...(id && { name: id }), arguments: text },
            },
          ],
        },
      },
    ],
  })
  const assembler = createChunkAssembler()
  for (const chunk of [piece(0, '{"a"', 'f'), piece(1, '[', 'g'), piece(0, ':1}'), piece(1, ']')])
    assembler.add(chunk)
  const calls = assembler.response().choices[0]?.message.tool_calls
  expect(calls?.map((call) => call.function?.arguments)).toEqual(['{"a":1}', '[]'])
  expect(assembler.isComplete()).toBe(false)
})

test('usage is hidden from a caller who did not ask for it, and a role alone is no content', () => {
  const chunk: ChatChunk = {
    id: '1',
    object: 'o',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
    usage: null,
  }
  expect(withoutUsage(chunk)).not.toHaveProperty('usage')
  expect(
    withoutUsage({
      ...chunk,
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
  ).toBeUndefined()
  expect(hasContent(chunk)).toBe(false)
})

test('a field that every object inherits is a field like any other, and changes nobody else', () => {
  const delta = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":"a"}') as Record<string, unknown>
  const assembler = createChunkAssembler()
  const chunk = { ...answer, choices: [{ index: 0, delta, finish_reason: 'stop', ...delta }] } as ChatChunk
  assembler.add(chunk)
  assembler.add(chunk)
  const [choice] = assembler.response().choices
  for (const joined of [choice, choice?.message]) {
    expect(Object.getPrototypeOf(joined)).toBe(Object.prototype)
    expect(Object.keys(joined ?? {})).toContain('__proto__')
  }
  expect(choice?.message['constructor']).toBe('aa')
})

test('a tool call needs a place of its own: a number, or none and an id', () => {
  const add = (calls: unknown[]) => {
    const assembler = createChunkAssembler()
    for (const call of calls)
      assembler.add({ ...answer, choices: [{ index: 0, delta: { tool_calls: [call] } }] } as ChatChunk)
    return assembler.response().choices[0]?.message.tool_calls
  }
  for (const index of ['__proto__', 'length', -1, 0.5, 1e9])
    expect(() => add([{ index, id: 'x' }])).toThrow(/index/)
  expect(Object.hasOwn(Array.prototype, 'id')).toBe(false)
  const f = (text: string) => ({ function: { arguments: text } })
  expect(add([{ id: 'a', ...f('1') }, f('2'), { id: 'b', ...f('3') }])).toMatchObject([
    { id: 'a', function: { arguments: '12' } },
    { id: 'b', function: { arguments: '3' } },
  ])
})
