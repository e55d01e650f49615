// A provider that sends one chunk and falls silent holds the caller beyond the timeout of the model: that ends with the headers.
// The `timeout` of one call's config, which bounds all of it, does end it.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/models (read 2026-11-24), "Parameters": `timeout`. Fails STR-04.
import { setTimeout as wait } from 'node:timers/promises'

import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'Well, ' }, finish_reason: null }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`)),
  })
  return new Response(body)
}
const model = new ChatOpenAI({
  model: 'gpt-4o',
  timeout: 100,
  maxRetries: 0,
  apiKey: 'none',
  configuration: { fetch },
})
const reading = (async () => {
  for await (const chunk of await model.stream('Hi')) void chunk
  return 'the stream ended'
})().catch(String)
const observed = await Promise.race([reading, wait(2000).then(() => 'still waiting after 2000 ms')])
console.log(`expected: an error after 100 ms  observed: ${observed}`)
process.exit(observed.startsWith('still') ? 0 : 1)
