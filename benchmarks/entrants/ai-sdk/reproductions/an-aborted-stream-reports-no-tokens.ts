// A stream that is aborted half-way reports no usage, not even an estimate, although what was received is billed.
// Advice followed: "Stopping Streams", `onAbort` (https://ai-sdk.dev/docs/advanced/stopping-streams, read 2026-11-24). Fails MET-07.
import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

async function fetch(_: unknown, init?: RequestInit) {
  const choice = { index: 0, delta: { content: 'forty words '.repeat(20) }, finish_reason: null }
  const event = JSON.stringify({ id: 'x', created: 1, model: 'gpt-4o', choices: [choice] })
  const body = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`))
      init?.signal?.addEventListener('abort', () => stream.error(init.signal?.reason))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const controller = new AbortController()
const model = createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o')
let observed = 'no event at all'
const onAbort = (event: object) => void (observed = JSON.stringify(event))
const result = streamText({ model, prompt: 'Hi', abortSignal: controller.signal, onAbort, onError() {} })
for await (const part of result.stream) if (part.type === 'text-delta') controller.abort()
console.log(`expected: an event with the tokens received  observed: ${observed.slice(0, 90)}`)
process.exit(/usage|tokens/i.test(observed) ? 1 : 0)
