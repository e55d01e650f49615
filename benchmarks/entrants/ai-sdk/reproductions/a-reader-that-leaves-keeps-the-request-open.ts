// Who stops reading a stream leaves the provider's request open: it is read by nobody, and paid for.
// Advice followed: "Generating Text", `stream` property (https://ai-sdk.dev/docs/ai-sdk-core/generating-text#stream-property, read 2026-11-24). Fails STR-08.
import { setTimeout as wait } from 'node:timers/promises'

import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

let state = 'open after 500 ms'
async function fetch(_: unknown, init?: RequestInit): Promise<Response> {
  init?.signal?.addEventListener('abort', () => (state = 'aborted'))
  const choices = [{ index: 0, delta: { content: 'Well, ' }, finish_reason: null }]
  const event = JSON.stringify({ id: 'x', created: 1, model: 'gpt-4o', choices })
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`)),
    cancel: () => void (state = 'cancelled'),
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const { stream } = streamText({ model: createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o'), prompt: 'Hi' })
for await (const part of stream) if (part.type === 'text-delta') break
await wait(500)
console.log(`expected: the request is cancelled  observed: ${state}`)
process.exit(state.startsWith('open') ? 0 : 1)
