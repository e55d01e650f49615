// A provider that sends one chunk and falls silent holds the caller beyond `timeout`: that ends with the headers.
// Advice followed: the README of openai 7.57.0, "Timeouts" (https://github.com/openai/openai-node, read 2026-11-24). Fails STR-04.
import { setTimeout as wait } from 'node:timers/promises'

import OpenAI from 'openai'

async function fetch() {
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'Well, ' }, finish_reason: null }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`)),
  })
  return new Response(body)
}
const client = new OpenAI({ apiKey: 'none', timeout: 100, maxRetries: 0, fetch })
const reading = (async () => {
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })
  for await (const chunk of stream) void chunk
  return 'the stream ended'
})().catch(String)
const observed = await Promise.race([reading, wait(2000).then(() => 'still waiting after 2000 ms')])
console.log(`expected: an error after 100 ms  observed: ${observed}`)
process.exit(observed.startsWith('still') ? 0 : 1)
