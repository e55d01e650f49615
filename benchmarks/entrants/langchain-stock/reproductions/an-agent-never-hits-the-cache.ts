// Within `createAgent` the model's cache is written at every call and never hit: ids and times of the run are part of the key.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/agents (a model instance, "Static model") with
// https://js.langchain.com/docs/how_to/chat_model_caching/ (`cache` on the model); both read 2026-11-24.
import { InMemoryCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'
import { createAgent } from 'langchain'

let requests = 0
async function fetch() {
  const message = { role: 'assistant', content: `Answer ${++requests}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const cached = new Map()
const cache = new InMemoryCache(cached)
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const agent = createAgent({ model, tools: [] })
for (let time = 0; time < 3; time++) await agent.invoke({ messages: [{ role: 'user', content: 'Hi' }] })
console.log(`expected: 1 request, 1 entry  observed: ${requests} requests, ${cached.size} entries`)
process.exit(requests === 3 && cached.size === 3 ? 0 : 1)
