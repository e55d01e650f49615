import { expect, test } from 'vitest'

import type { ChatChunk, ChatDelta } from '../contract/wire.ts'
import { carriesProgress } from './progress.ts'

const chunk = (delta: ChatDelta, fields: object = {}): ChatChunk => ({
  id: '1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null, ...fields }],
})

test.each([
  ['text', chunk({ content: 'x' }), true],
  ['reasoning under a name of the server’s own', chunk({ reasoning_content: 'Hm' }), true],
  ['a piece of a tool call', chunk({ tool_calls: [{ index: 0 }] }), true],
  ['a finish reason', chunk({}, { finish_reason: 'stop' }), true],
  [
    'usage',
    { ...chunk({}), choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
    true,
  ],
  ['what is no chunk', null as unknown as ChatChunk, true],
  ['a role alone', chunk({ role: 'assistant', content: '', refusal: null }), false],
  ['an empty delta', chunk({}), false],
  ['an empty list', chunk({ tool_calls: [] }), false],
  ['no choice and no usage', { ...chunk({}), choices: [], usage: null }, false],
])('%s: %o is progress: %s', (_, given, expected) => {
  expect(carriesProgress(given)).toBe(expected)
})
