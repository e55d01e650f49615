// `generate` of one new prompt and one that is in the cache: the answer to one of the two is lost. `batch` returns both.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), `cache` on the model.
import { InMemoryCache } from '@langchain/core/caches'
import { HumanMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'

async function fetch(_url: unknown, request?: RequestInit) {
  const { messages } = JSON.parse(String(request?.body))
  const message = { role: 'assistant', content: `Answer to ${messages[0].content}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const cache = new InMemoryCache()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
await model.invoke('old')
const { generations } = await model.generate([[new HumanMessage('new')], [new HumanMessage('old')]])
const observed = generations.map(([answer]) => answer?.text)
console.log(`expected: Answer to new, Answer to old  observed: ${observed.join(', ')}`)
process.exit(observed.includes('Answer to old') ? 1 : 0)
