// A consumer that leaves a stream has received tokens and will pay for them; the handler hears neither of an end nor an error.
// Who aborts a `signal` instead may get an error event, without tokens.
// Advice followed: https://js.langchain.com/docs/how_to/chat_token_usage_tracking/, "Using callbacks", and
// https://js.langchain.com/docs/how_to/cancel_execution/, "Streaming" (`break`); both read 2026-11-24. Fails MET-07.
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'word ' }, finish_reason: null }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\n`.repeat(100))
}
const events: string[] = []
const model = new ChatOpenAI({
  model: 'gpt-4o',
  apiKey: 'none',
  configuration: { fetch },
  callbacks: [
    {
      awaitHandlers: true,
      handleChatModelStart: () => void events.push('start'),
      handleLLMEnd: () => void events.push('end'),
      handleLLMError: () => void events.push('error'),
    },
  ],
})
for await (const chunk of await model.stream('Hi')) if (chunk.text !== '') break
await new Promise((resolve) => setTimeout(resolve, 200))
console.log(`expected: start, then end or error  observed: ${events.join(', ')}`)
process.exit(events.length === 1 ? 0 : 1)
