import { expect, test } from 'vitest'

import type { ChatRequest, ChatResponse } from '../contract/wire.ts'
import { estimateUsage } from './estimate-usage.ts'

const nothing: ChatResponse = { id: '', object: 'chat.completion', created: 0, model: 'm', choices: [] }

/** A request as a caller without types may write it: what is wrong with it is the provider's to say. */
function estimateOf(message: unknown): number {
  const request = { model: 'm', messages: [message] } as ChatRequest
  return estimateUsage(request, nothing).inputTokens
}

test('what is no text is not counted, and fails no estimate: a record hangs on it', () => {
  const empty = estimateOf({ role: 'user', content: '' })
  for (const content of [null, undefined, {}, 5, [null], [{ type: 'image_url' }]])
    expect(estimateOf({ role: 'user', content })).toBe(empty)
  for (const calls of [null, {}, [null], [{ id: 'a', type: 'custom' }]])
    expect(estimateOf({ role: 'assistant', content: '', tool_calls: calls })).toBe(empty)
  const parts = [null, { type: 'text', text: 'Where is it?' }]
  expect(estimateOf({ role: 'user', content: parts })).toBeGreaterThan(empty)
})
