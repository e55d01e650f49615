// The recommended middleware does not await its write: one that fails is an unhandled rejection, which ends the process.
// Advice followed: "Caching", the recommended middleware (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24). Fails CAC-17.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, wrapLanguageModel, type LanguageModelMiddleware } from 'ai'

async function fetch() {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'gpt-4o', choices })
}
const redis = {
  get: () => Promise.resolve(null),
  set: (...entry: [string, unknown]) => Promise.reject(new Error(`Cannot write ${typeof entry[1]}.`)),
}
const wrapGenerate: LanguageModelMiddleware['wrapGenerate'] = async ({ doGenerate, params }) => {
  const cached = await redis.get()
  if (cached !== null) return cached
  const result = await doGenerate()
  redis.set(JSON.stringify(params), result)
  return result
}
let observed = 'nothing'
process.on('unhandledRejection', (reason) => (observed = `unhandled rejection: ${String(reason)}`))
const middleware = { specificationVersion: 'v4', wrapGenerate } as const
const model = wrapLanguageModel({ model: createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o'), middleware })
await generateText({ model, prompt: 'Hi' }).then(() => new Promise((resolve) => setImmediate(resolve)))
console.log(`expected: nothing, the answer is there  observed: ${observed}`)
process.exit(observed === 'nothing' ? 1 : 0)
