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

test.each([
  ['as many as were asked for', { n: 2 }, answer.choices, null, true],
  ['fewer', { n: 2 }, answer.choices.slice(0, 1), null, false],
  ['fewer, with a usage beside them', { n: 2 }, answer.choices.slice(0, 1), 'beside', false],
  ['fewer, and the usage after them', { n: 2 }, answer.choices.slice(0, 1), 'after', true],
  ['none, and the usage', { n: 2 }, [], 'after', false],
  ['one, with no n that says more', { n: null }, answer.choices.slice(0, 1), null, true],
])('an answer is complete by its choices: %s', (_, request, choices, usage, isComplete) => {
  const assembler = createChunkAssembler(request)
  for (const chunk of replayAsChunks({ ...answer, choices, usage: null }))
    assembler.add(usage === 'beside' ? { ...chunk, usage: answer.usage ?? null } : chunk)
  if (usage === 'after') assembler.add({ ...answer, choices: [] })
  expect(assembler.isComplete()).toBe(isComplete)
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

test('content in parts is joined: neighbours of one kind as one, others as they are, and the chunks stay as they were', () => {
  const piece = (content: unknown): ChatChunk =>
    ({ ...answer, choices: [{ index: 0, delta: { content } }] }) as ChatChunk
  const image = { type: 'image_url', image_url: { url: 'data:,' } }
  const thought = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })
  const said = (text: string) => ({ type: 'text', text })
  const pieces = ['a', '', [thought('b')], [thought('c'), said('d')], [said('d'), image], [image], 'e']
  const chunks = structuredClone(pieces).map(piece)
  const assembler = createChunkAssembler()
  for (const chunk of chunks) assembler.add(chunk)
  const { content } = assembler.response().choices[0]?.message ?? {}
  expect(content).toEqual([said('a'), thought('bc'), said('dd'), image, image, said('e')])
  expect(chunks).toEqual(pieces.map(piece))
  for (const none of [[null], ['text'], 5, {}]) expect(() => assembler.add(piece(none))).toThrow('content')
})

function joinedMessage(deltas: Record<string, unknown>[]): Record<string, unknown> | undefined {
  const assembler = createChunkAssembler()
  for (const delta of deltas) assembler.add({ ...answer, choices: [{ index: 0, delta }] } as ChatChunk)
  return assembler.response().choices[0]?.message
}

test('reasoning details are joined by type and index, up to a signature, and the chunks stay as they were', () => {
  const text = (words: string, more: object = {}) => ({ type: 'reasoning.text', text: words, ...more })
  const encrypted = { type: 'reasoning.encrypted', data: 'QQ==' }
  const deltas: Record<string, unknown>[] = [
    [text('a', { signature: null }), text('x', { index: 1 }), 5],
    [text('b'), { type: 'reasoning.summary', summary: 'c' }, encrypted],
    [encrypted, text('y', { index: 1 }), { type: 'reasoning.text', signature: 's' }, null],
    [text('d'), JSON.parse('{"type":"reasoning.text","__proto__":{"isAdmin":true}}')],
    null,
  ].map((details) => ({ reasoning_details: details }))
  const before = structuredClone(deltas)
  const details = joinedMessage(deltas)?.['reasoning_details'] as Record<string, unknown>[]
  expect(details.map((detail) => detail && JSON.parse(JSON.stringify(detail)))).toEqual([
    text('ab', { signature: 's' }),
    text('xy', { index: 1 }),
    5,
    { type: 'reasoning.summary', summary: 'c' },
    encrypted,
    encrypted,
    null,
    { ...text('d'), ['__proto__']: { isAdmin: true } },
  ])
  expect(details.at(-1)?.['isAdmin']).toBeUndefined()
  expect(deltas).toEqual(before)
})

test('a sound is joined: its words as a text, its data as base64 that is whole in each piece', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const pieces = [
    { id: 'audio_1', transcript: 'One' },
    { data: base64('abc') },
    { id: 'audio_1', data: base64('d'), transcript: ' two' },
    { data: base64('ef') },
    { expires_at: 5 },
    null,
  ]
  expect(joinedMessage(pieces.map((audio) => ({ audio })))?.['audio']).toEqual({
    id: 'audio_1',
    transcript: 'One two',
    data: base64('abcdef'),
    expires_at: 5,
  })
})

test('lists come in pieces, and a null takes nothing away, in a message, beside it and in a tool call', () => {
  const add = (choices: object[]) => {
    const assembler = createChunkAssembler()
    for (const choice of choices)
      assembler.add({ ...answer, choices: [{ index: 0, ...choice }] } as ChatChunk)
    return assembler.response().choices[0]
  }
  const call = (fields: object) => ({ delta: { tool_calls: [{ index: 0, ...fields }] } })
  const found = add([
    { delta: { sources: [1], note: 'a' }, logprobs: { content: [1], refusal: null } },
    { delta: { sources: [2], note: null }, logprobs: { content: [2], refusal: null } },
    call({ id: 'a', type: 'custom', custom: { name: 'f', input: '', more: 1 }, signature: 's' }),
    call({ custom: { input: 'x' }, signature: null }),
    call({ custom: { input: 'y' } }),
    { delta: {}, logprobs: null, finish_reason: 'stop' },
  ])
  expect(found?.message).toMatchObject({ sources: [1, 2], note: 'a' })
  expect(found?.['logprobs']).toEqual({ content: [1, 2], refusal: null })
  expect(found?.message.tool_calls).toEqual([
    { id: 'a', type: 'custom', custom: { name: 'f', input: 'xy', more: 1 }, signature: 's' },
  ])
  expect(add([{ delta: { audio: null }, logprobs: null }])).toMatchObject({ logprobs: null })
})

test('an answer has the fields that only a later chunk has', () => {
  const assembler = createChunkAssembler()
  const chunk = { ...answer, object: 'chat.completion.chunk', choices: [], usage: null }
  const late = JSON.parse('{"service_tier":"flex","system_fingerprint":"other","__proto__":{"isAdmin":true}}')
  for (const one of [
    { ...chunk, service_tier: null },
    { ...chunk, ...late },
  ])
    assembler.add(one)
  expect(assembler.response()).toMatchObject({ service_tier: 'flex', system_fingerprint: 'fp' })
  expect(assembler.response()['isAdmin']).toBeUndefined()
})

test('an answer has the id and model of the first chunk that has them, and what came before it', () => {
  const filtered = { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] }
  const chunk = { ...answer, object: 'chat.completion.chunk', choices: [], usage: null }
  const assembler = createChunkAssembler()
  for (const one of [filtered, chunk, { ...chunk, id: 'another' }, filtered]) assembler.add(one)
  const { id, model, created } = answer
  expect(assembler.response()).toMatchObject({ id, model, created, prompt_filter_results: [] })
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
