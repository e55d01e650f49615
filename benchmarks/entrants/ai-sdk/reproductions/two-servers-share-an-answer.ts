// The key of the recommended cache holds provider and model, but not the server: one answers for another, unless
// somebody thought of a `name` for each.
// Advice followed: "Caching", the recommended middleware with a Map for its Redis (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24). Fails CAC-02.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, wrapLanguageModel, type LanguageModelMiddleware } from 'ai'

async function fetch(url: unknown) {
  const message = { role: 'assistant', content: `I am ${new URL(String(url)).hostname}` }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'm', choices })
}
const cache = new Map<string, never>()
const wrapGenerate: LanguageModelMiddleware['wrapGenerate'] = async ({ doGenerate, params, model }) => {
  const key = JSON.stringify({ provider: model.provider, modelId: model.modelId, params })
  if (!cache.has(key)) cache.set(key, (await doGenerate()) as never)
  return cache.get(key) as never
}
const answers: string[] = []
for (const baseURL of ['https://staging/v1', 'https://production/v1']) {
  const model = createOpenAI({ baseURL, apiKey: 'none', fetch }).chat('m')
  const middleware = { specificationVersion: 'v4', wrapGenerate } as const
  answers.push((await generateText({ model: wrapLanguageModel({ model, middleware }), prompt: 'Who?' })).text)
}
console.log(`expected: I am staging, I am production  observed: ${answers.join(', ')}`)
process.exit(answers[0] === answers[1] ? 0 : 1)
