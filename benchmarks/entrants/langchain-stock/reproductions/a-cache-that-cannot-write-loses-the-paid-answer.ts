// The provider has answered and is paid; the store of the cache fails; the caller gets the error of the store.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), a cache in another process. Fails CAC-17.
import { BaseCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  const message = { role: 'assistant', content: `Answer ${++requests}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
class FullStore extends BaseCache {
  async lookup() {
    return null
  }
  async update() {
    throw new Error('OOM command not allowed')
  }
}
const cache = new FullStore()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const observed = await model.invoke('Hi').then(
  (answer) => answer.text,
  (error: Error) => error.message,
)
console.log(`expected: Answer 1  observed: ${observed}, after ${requests} request`)
process.exit(observed === 'OOM command not allowed' && requests === 1 ? 0 : 1)
