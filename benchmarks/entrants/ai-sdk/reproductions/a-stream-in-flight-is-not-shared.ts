// A second caller asks while the first one's stream is in flight: it is sent again and paid again. A missing feature, which no page
// promises.
// Advice followed: "Caching", the recommended middleware with a Map for its Redis (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24). Fails CAC-15.
import { createOpenAI } from '@ai-sdk/openai'
import { streamText, wrapLanguageModel, type LanguageModelMiddleware } from 'ai'

let requests = 0
async function fetch() {
  const delta = { role: 'assistant', content: `Answer ${++requests}` }
  const chunk = { id: 'x', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: 'stop' }] }
  return new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
}
const cache = new Map<string, unknown[]>()
const wrapStream: LanguageModelMiddleware['wrapStream'] = async ({ doStream, params }) => {
  const { stream, ...rest } = await doStream()
  const parts: unknown[] = []
  const keep = new TransformStream({
    transform: (part, controller) => (parts.push(part), controller.enqueue(part)),
    flush: () => void cache.set(JSON.stringify(params), parts),
  })
  return { stream: stream.pipeThrough(keep), ...rest }
}
const chat = createOpenAI({ apiKey: 'none', fetch }).chat('m')
const model = wrapLanguageModel({ model: chat, middleware: { specificationVersion: 'v4', wrapStream } })
await Promise.all([1, 2].map(() => streamText({ model, prompt: 'Hi' }).text))
console.log(`expected: 1 request  observed: ${requests}`)
process.exit(requests === 2 ? 0 : 1)
