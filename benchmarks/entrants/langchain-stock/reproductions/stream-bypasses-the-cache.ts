// `.stream()` neither reads the cache nor fills it.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), `cache` on the model.
// Upstream: https://github.com/langchain-ai/langchainjs/issues/3582 Fails CAC-14.
import { InMemoryCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  requests++
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\ndata: [DONE]\n\n`)
}
const cached = new Map()
const cache = new InMemoryCache(cached)
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
for (let time = 0; time < 2; time++) for await (const chunk of await model.stream('Hi')) void chunk
console.log(`expected: 1 request, 1 entry  observed: ${requests} requests, ${cached.size} entries`)
process.exit(requests === 2 && cached.size === 0 ? 0 : 1)
