// Every cache of one's own is given the API key in clear, as part of the string that stands for the model.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24): pass a cache of your choice. Fails CAC-06.
import { BaseCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
let seen = ''
class MyCache extends BaseCache {
  async lookup(_prompt: string, llmKey: string) {
    seen = llmKey
    return null
  }
  async update() {}
}
const apiKey = 'sk-very-secret'
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey, cache: new MyCache(), configuration: { fetch } })
await model.invoke('How are you?')
console.log(`expected: no API key  observed: ${seen.match(/apiKey:[^,]*/)?.[0] ?? 'no API key'}`)
process.exit(seen.includes(apiKey) ? 0 : 1)
