// `break` out of a stream whose provider has fallen silent waits for that provider: the loop never ends, the socket stays open.
// Who aborts a `signal` before the `break` gets out.
// Advice followed: https://js.langchain.com/docs/how_to/cancel_execution/ (read 2026-11-24), "Streaming": `break`, or a `signal` for
// more control. Fails MET-07.
import { setTimeout as wait } from 'node:timers/promises'

import { ChatOpenAI } from '@langchain/openai'

let closed = false
async function fetch() {
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'Well, ' }, finish_reason: null }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  const start = (stream: ReadableStreamDefaultController) =>
    stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`))
  return new Response(new ReadableStream({ start, cancel: () => void (closed = true) }))
}
const model = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0, apiKey: 'none', configuration: { fetch } })
const leaving = (async () => {
  for await (const chunk of await model.stream('Hi')) if (chunk.text !== '') break
  return 'out of the loop'
})()
const observed = await Promise.race([leaving, wait(2000).then(() => 'still in the loop after 2000 ms')])
console.log(`expected: out of the loop  observed: ${observed}, body ${closed ? 'closed' : 'open'}`)
process.exit(observed.startsWith('still') ? 0 : 1)
