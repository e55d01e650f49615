import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { ChatChunk, ChatDelta, ChatResponse } from '../contract/wire.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { guardRequest } from './guard-messages.ts'
import { createRestorer } from './restore.ts'

const policy = defineGuardrails({ rules: [{ rule: emailRule(), action: 'redact' }], restore: true })
const values = new Map([
  ['[EMAIL_1]', 'ann@example.com'],
  ['[EMAIL_11]', 'bob@example.com'],
  ['[A.B_1]', 'two\n"lines"'],
])

const said = (delta: ChatDelta): ChatChunk => ({
  id: '1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null }],
})
const whole = (content: string): ChatResponse => ({
  id: '1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
})

test('however an answer is cut, the stream has the values where the whole has them', () => {
  const fragments = ['[EMAIL_1]', '[EMAIL_11]', '[A.B_1]', '[EMAIL_', '1]', '[', ']', '[EMAIL_2]', ' a', '\\']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...fragments)), fc.array(fc.nat({ max: 9 })), (parts, sizes) => {
      const text = parts.join('')
      const restorer = createRestorer(values)
      const gate = restorer.openStream()
      const chunks: ChatChunk[] = []
      let at = 0
      for (const size of sizes) {
        chunks.push(...gate.gateChunk(said({ content: text.slice(at, at + size) })))
        at += size
      }
      chunks.push(...gate.gateChunk(said({ content: text.slice(at) })), ...gate.end())
      const streamed = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
      expect(streamed).toBe(restorer.restoreResponse(whole(text)).choices[0]?.message.content)
    }),
    { numRuns: 2000 },
  )
})

test('one value has one number, two have two, and a number that the request holds already is passed over', () => {
  const content = 'ann@example.com, bob@example.com, ann@example.com and [EMAIL_2]'
  const { request, originals } = guardRequest(policy, { model: 'm', messages: [{ role: 'user', content }] })
  expect(request.messages[0]?.content).toBe('[EMAIL_1], [EMAIL_3], [EMAIL_1] and [EMAIL_2]')
  expect([...(originals ?? [])]).toEqual([
    ['[EMAIL_1]', 'ann@example.com'],
    ['[EMAIL_3]', 'bob@example.com'],
  ])
})

test('a value out of JSON is what the string says, and goes back into JSON as JSON', () => {
  const restorer = createRestorer(values)
  const gate = restorer.openStream()
  const [chunk] = gate.gateChunk(
    said({ tool_calls: [{ index: 0, function: { arguments: '{"a":"[A.B_1]"}' } }] }),
  )
  const written = chunk?.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? ''
  expect(JSON.parse(written)).toEqual({ a: 'two\n"lines"' })
})

test('what is put back into a transcript leaves its sound as it is, whole and streamed', () => {
  const restorer = createRestorer(values)
  const audio = { id: 'a', data: 'AAAA', transcript: 'to [EMAIL_1].' }
  const message = { role: 'assistant' as const, content: null, audio }
  const response = { ...whole(''), choices: [{ index: 0, message, finish_reason: 'stop' }] }
  const restored = { ...audio, transcript: 'to ann@example.com.' }
  expect(restorer.restoreResponse(response).choices[0]?.message['audio']).toEqual(restored)
  expect(restorer.openStream().gateChunk(said({ audio }))[0]?.choices[0]?.delta['audio']).toEqual(restored)
})
