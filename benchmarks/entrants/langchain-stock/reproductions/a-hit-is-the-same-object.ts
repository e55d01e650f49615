// Who changes an answer from the cache changes it for everybody after, and for the first who asked.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), `cache` on the model. Fails CAC-11.
import { InMemoryCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const cache = new InMemoryCache()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const first = await model.invoke('How are you?')
const second = await model.invoke('How are you?')
second.content = 'SPOILED'
const third = await model.invoke('How are you?')
console.log(`expected: Fine., Fine.  observed: ${String(first.content)}, ${String(third.content)}`)
process.exit(first.content === 'SPOILED' && third.content === 'SPOILED' ? 0 : 1)
