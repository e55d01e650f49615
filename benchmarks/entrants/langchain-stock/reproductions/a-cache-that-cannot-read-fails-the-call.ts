// The store of the cache is down or holds what is no entry; the caller gets its error, and the provider is not asked.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), a cache in another process. Fails CAC-16, CAC-18.
import { BaseCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  const message = { role: 'assistant', content: `Answer ${++requests}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
class DeadStore extends BaseCache {
  async lookup(): Promise<null> {
    throw new Error('connect ECONNREFUSED')
  }
  async update() {}
}
const cache = new DeadStore()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const observed = await model.invoke('Hi').then(
  (answer) => answer.text,
  (error: Error) => error.message,
)
console.log(`expected: Answer 1  observed: ${observed}, after ${requests} requests`)
process.exit(observed === 'connect ECONNREFUSED' && requests === 0 ? 0 : 1)
