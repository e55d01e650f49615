// Two questions about two images, of which the second gets the answer about the first: the cache sees the text alone.
// Advice followed: https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24), `cache` on the model.
// Upstream: https://github.com/langchain-ai/langchainjs/issues/10092 Fails CAC-04.
import { InMemoryCache } from '@langchain/core/caches'
import { HumanMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  const message = { role: 'assistant', content: `Answer ${++requests}` }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const cache = new InMemoryCache()
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', cache, configuration: { fetch } })
const ask = (url: string) =>
  model.invoke([
    new HumanMessage({
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url } },
      ],
    }),
  ])
const cat = (await ask('https://example.com/cat.png')).text
const dog = (await ask('https://example.com/dog.png')).text
console.log(`expected: Answer 1, Answer 2  observed: ${cat}, ${dog}`)
process.exit(cat === dog ? 0 : 1)
