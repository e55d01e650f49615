// Fifty equal calls at once: each finds the cache empty and pays. A missing feature, which no page promises.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), `cache` on the model. Fails CAC-12.
import { InMemoryCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  const message = { role: 'assistant', content: `Answer ${++requests}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const cache = new InMemoryCache()
const model = new ChatOpenAI({
  model: 'gpt-4o',
  temperature: 0,
  apiKey: 'none',
  cache,
  configuration: { fetch },
})
await Promise.all(Array.from({ length: 50 }, () => model.invoke('How are you?')))
console.log(`expected: 1 request  observed: ${requests} requests`)
process.exit(requests === 50 ? 0 : 1)
