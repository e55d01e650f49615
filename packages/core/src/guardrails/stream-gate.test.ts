import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChatChunk, ChatChunkChoice, ChatDelta, ChatResponse } from '../contract/wire.ts'
import { cutText } from './__fixtures__/texts.ts'
import { defaultGuardrails } from './default-policy.ts'
import { defineGuardrails } from './define-policy.ts'
import { emailRule } from './email.ts'
import { guardResponse } from './guard-messages.ts'
import { lengthRule } from './length.ts'
import { createStreamGate } from './stream-gate.ts'

const policy = defaultGuardrails()

function chunk(choices: ChatChunkChoice[], more: Partial<ChatChunk> = {}): ChatChunk {
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more }
}
function choice(delta: ChatDelta, finish: string | null = null, index = 0): ChatChunkChoice {
  return { index, delta, finish_reason: finish }
}
const call = (index: number, text: string): ChatDelta => ({
  tool_calls: [{ index, function: { arguments: text } }],
})
const says = (content: string): ChatChunk => chunk([choice({ content })])

function run(chunks: ChatChunk[], used = policy) {
  const gate = createStreamGate(used)
  const out = [...chunks.flatMap((item) => gate.gateChunk(item)), ...gate.end()]
  return { gate, out }
}

/** The texts of a stream, joined by choice and field. */
function joined(chunks: ChatChunk[]): Record<string, string> {
  const texts: Record<string, string> = {}
  const add = (key: string, text: unknown): void => {
    if (typeof text === 'string') texts[key] = (texts[key] ?? '') + text
  }
  for (const { index, delta } of chunks.flatMap((item) => item.choices)) {
    add(`${index}.content`, delta.content)
    add(`${index}.refusal`, delta.refusal)
    for (const tool of delta.tool_calls ?? []) add(`${index}.${tool.index}`, tool.function?.arguments)
  }
  return texts
}

test('chunks with nothing to hold or hide pass as the same objects', () => {
  const chunks = [
    chunk([choice({ role: 'assistant', content: '' })]),
    says('Hello, '),
    says('this is it. '),
    chunk([choice({}, 'stop')]),
    chunk([], { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
  ]
  const { out } = run(chunks)
  expect(out).toHaveLength(chunks.length)
  out.forEach((item, index) => expect(item).toBe(chunks[index]))
})

test('sound waits where a rule may replace its words, piece by piece, and passes at once where none may', () => {
  const sounds = ['AAAA', 'BBBB'].map((data) => chunk([choice({ audio: { data } })]))
  const words = chunk([choice({ audio: { id: 'a', transcript: 'to ann@exam' } })])
  const end = chunk([choice({}, 'stop')])
  const deltas = (out: ChatChunk[]) => out.map((item) => item.choices[0]?.delta)
  const { out } = run([...sounds, words, end])
  expect(deltas(out)).toEqual([
    { audio: { id: 'a', transcript: 'to ' } },
    { audio: { transcript: 'ann@exam' } },
    { audio: { data: 'AAAA' } },
    { audio: { data: 'BBBB' } },
    {},
  ])
  expect(run([...sounds, words]).out).toEqual(out.slice(0, -1))
  const found = chunk([choice({ audio: { transcript: 'ple.com' } })])
  expect(deltas(run([...sounds, words, found, end]).out)).toEqual([
    { audio: { id: 'a', transcript: 'to ' } },
    { audio: { transcript: '[EMAIL]' } },
    {},
  ])
  const reports = defineGuardrails({ rules: [{ rule: emailRule(), action: 'report' }] })
  const passed = run([...sounds, words, found, end], reports)
  expect(passed.gate.verdicts).toMatchObject([
    { ruleId: 'pii.email', places: ['choices[0].message.audio.transcript'] },
  ])
  ;[...sounds, words, found, end].forEach((item, index) => expect(passed.out[index]).toBe(item))
})

test('held text leaves before the finish reason, the usage stays where it was', () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
  const { out } = run([says('to ann@exam'), chunk([choice({ content: 'ple.com' }, 'stop')], { usage })])
  expect(out).toEqual([says('to '), says('[EMAIL]'), chunk([choice({}, 'stop')], { usage })])
})

test('a stream without a finish reason gives its held text at the end', () => {
  const gate = createStreamGate(policy)
  expect(gate.gateChunk(says('half a wor'))).toEqual([says('half a ')])
  expect(gate.end()).toEqual([says('wor')])
})

test('choices, fields and parallel tool calls do not mix', () => {
  const first = {
    tool_calls: [{ index: 0, id: 'c0', type: 'function', function: { name: 'f', arguments: '' } }],
  }
  const { out, gate } = run([
    chunk([choice({ content: 'ann@' }), choice({ content: 'bob@' }, null, 1)]),
    chunk([choice({ content: 'example.com' }), choice({ refusal: 'example.com' }, null, 1)]),
    chunk([choice(first)]),
    chunk([choice(call(0, '{"n":41111111'))]),
    chunk([choice(call(1, '{"m":"ann@'))]),
    chunk([choice(call(0, '11111111}'))]),
    chunk([choice(call(1, 'example.com"}'))]),
    chunk([choice({}, 'tool_calls'), choice({}, 'stop', 1)]),
  ])
  expect(joined(out)).toEqual({
    '0.content': '[EMAIL]',
    '0.0': '{"n":"[CARD]"}',
    '0.1': '{"m":"[EMAIL]"}',
    '1.content': 'bob@',
    '1.refusal': 'example.com',
  })
  expect(out.flatMap((item) => item.choices).filter((item) => item.finish_reason)).toHaveLength(2)
  expect(out.some((item) => item.choices[0]?.delta.tool_calls?.[0]?.id === 'c0')).toBe(true)
  expect(gate.verdicts.map(({ ruleId, places }) => [ruleId, places])).toEqual([
    ['pii.email', ['choices[0].message.content', 'choices[0].message.tool_calls[1].function.arguments']],
    ['pii.card', ['choices[0].message.tool_calls[0].function.arguments']],
  ])
})

test('log-probabilities of held or redacted text do not leave', () => {
  const logprobs = { content: [{ token: 'ann@example.com', logprob: 0 }] }
  const { out } = run([
    chunk([{ ...choice({ content: 'Hi. ' }), logprobs }]),
    chunk([{ ...choice({ content: 'ann@example.com, ' }), logprobs }]),
  ])
  expect(out.map((item) => item.choices[0]?.logprobs)).toEqual([logprobs, null])
})

test('a block comes before anything of the finding leaves, and nothing comes after it', () => {
  const gate = createStreamGate(defineGuardrails({ rules: [{ rule: emailRule(), action: 'block' }] }))
  expect(gate.gateChunk(says('Write to ann@exa'))).toEqual([says('Write to ')])
  expect(gate.blocked).toBeUndefined()
  expect(gate.gateChunk(says('mple.com, '))).toEqual([])
  expect(gate.blocked).toMatchObject({ ruleId: 'pii.email', direction: 'output' })
  expect([gate.gateChunk(says('or not')), gate.end()]).toEqual([[], []])
})

test('an answer over its limit is blocked by the chunk that passes it', () => {
  const gate = createStreamGate(
    defineGuardrails({
      rules: [{ rule: lengthRule({ direction: 'output', maxChars: 10 }), action: 'block' }],
    }),
  )
  expect(gate.gateChunk(says('123456'))).toHaveLength(1)
  expect(gate.gateChunk(chunk([choice({ content: '7890' }, null, 1)]))).toHaveLength(1)
  expect(gate.gateChunk(says('1'))).toEqual([])
  expect(gate.blocked).toMatchObject({ limit: 10, size: 11 })
})

test('however an answer is cut, the stream says what the whole answer says, with the same verdicts', () => {
  fc.assert(
    fc.property(cutText, cutText, cutText, (content, args, other) => {
      const chunks = [
        ...content.pieces.map(says),
        ...args.pieces.map((text) => chunk([choice(call(0, text))])),
        ...other.pieces.map((text) => chunk([choice({ content: text }, null, 1)])),
        chunk([choice({}, 'stop'), choice({}, 'stop', 1)]),
      ]
      const message = { role: 'assistant' as const, content: content.text }
      const tools = [{ id: '1', type: 'function', function: { name: 'f', arguments: args.text } }]
      const response: ChatResponse = {
        ...chunk([]),
        choices: [
          { index: 0, message: { ...message, tool_calls: tools }, finish_reason: 'stop' },
          { index: 1, message: { ...message, content: other.text }, finish_reason: 'stop' },
        ],
      }
      const whole = guardResponse(policy, response)
      const { gate, out } = run(chunks)
      const texts = joined(out)
      expect(texts['0.content'] ?? '').toBe(whole.response.choices[0]?.message.content)
      expect(texts['0.0'] ?? '').toBe(whole.response.choices[0]?.message.tool_calls?.[0]?.function?.arguments)
      expect(texts['1.content'] ?? '').toBe(whole.response.choices[1]?.message.content)
      expect(gate.verdicts).toEqual(whole.verdicts)
    }),
    { numRuns: 1000 * Number(process.env.FC_RUNS ?? 1) },
  )
})
