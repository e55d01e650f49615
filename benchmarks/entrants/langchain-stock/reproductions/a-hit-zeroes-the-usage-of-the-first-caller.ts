// The first caller's message loses its token counts when somebody else asks the same: a hit sets them to 0 in the shared one.
// `response_metadata.usage` keeps them.
// Advice followed: https://js.langchain.com/docs/how_to/chat_token_usage_tracking/ (read 2026-11-24), `usage_metadata`, with the cache of
// https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24). Fails CAC-11.
import { InMemoryCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: 'Fine.' }
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return Response.json({ id: 'x', model: 'gpt-4o', choices, usage })
}
const cache = new InMemoryCache()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const mine = await model.invoke('How are you?')
const before = JSON.stringify(mine.usage_metadata)
await model.invoke('How are you?')
const after = JSON.stringify(mine.usage_metadata)
console.log(`expected: ${before}, and the same after  observed: ${after}`)
process.exit(before.includes('"total_tokens":120') && after.includes('"total_tokens":0') ? 0 : 1)
