// A stream that broke off is stored like a whole answer, and served to everybody who asks after it.
// Advice followed: "Caching", the recommended middleware with a Map for its Redis (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24). Fails CAC-10.
import { createOpenAI } from '@ai-sdk/openai'
import { simulateReadableStream, streamText, wrapLanguageModel, type LanguageModelMiddleware } from 'ai'

let requests = 0
async function fetch() {
  const choice = { index: 0, delta: { content: 'Take 5 mg, but not if' }, finish_reason: null }
  const event = JSON.stringify({ id: `${++requests}`, created: 1, model: 'gpt-4o', choices: [choice] })
  return new Response(`data: ${event}\n\n`, { headers: { 'content-type': 'text/event-stream' } })
}
const cache = new Map<string, unknown[]>()
const wrapStream: LanguageModelMiddleware['wrapStream'] = async ({ doStream, params }) => {
  const key = JSON.stringify(params)
  const chunks = cache.get(key) as never[] | undefined
  if (chunks) return { stream: simulateReadableStream({ chunks }) }
  const { stream, ...rest } = await doStream()
  const full: unknown[] = []
  const transform = (chunk: unknown, out: TransformStreamDefaultController) =>
    out.enqueue((full.push(chunk), chunk))
  const kept = new TransformStream({ transform, flush: () => void cache.set(key, full) })
  return { stream: stream.pipeThrough(kept), ...rest }
}
const openai = createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o')
const model = wrapLanguageModel({ model: openai, middleware: { specificationVersion: 'v4', wrapStream } })
for (let time = 0; time < 2; time++) await streamText({ model, prompt: 'How much?' }).consumeStream()
console.log(`expected: 2 requests  observed: ${requests}, the second answer is the broken one`)
process.exit(requests === 1 ? 0 : 1)
