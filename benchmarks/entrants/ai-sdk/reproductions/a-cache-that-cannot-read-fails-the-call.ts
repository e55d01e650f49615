// The recommended middleware lets an error of its store through: the call fails, and the provider is not asked.
// Advice followed: "Caching", the recommended middleware (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24). Fails CAC-16, CAC-18.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, wrapLanguageModel, type LanguageModelMiddleware } from 'ai'

let requests = 0
async function fetch() {
  requests++
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'gpt-4o', choices })
}
const redis = { get: () => Promise.reject(new Error('connect ECONNREFUSED')) }
const wrapGenerate: LanguageModelMiddleware['wrapGenerate'] = async ({ doGenerate }) => {
  const cached = await redis.get()
  return cached ?? doGenerate()
}
const middleware = { specificationVersion: 'v4', wrapGenerate } as const
const model = wrapLanguageModel({ model: createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o'), middleware })
const observed = await generateText({ model, prompt: 'Hi', maxRetries: 0 }).then(
  ({ text }) => text,
  (error: Error) => error.message,
)
console.log(`expected: Yes.  observed: ${observed}, after ${requests} requests`)
process.exit(observed === 'connect ECONNREFUSED' && requests === 0 ? 0 : 1)
