// `temperature: NaN` is not refused: the provider is sent `null`, and answers with its own default.
// Advice followed: "Settings" (https://ai-sdk.dev/docs/ai-sdk-core/settings#temperature, read 2026-11-24). Fails CAC-03.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'

let sent: { temperature?: unknown } = {}
async function fetch(_: unknown, init?: RequestInit) {
  sent = JSON.parse(String(init?.body)) as typeof sent
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'gpt-4o', choices })
}
const model = createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o')
const outcome = await generateText({ model, prompt: 'Hi', temperature: Number.NaN }).then(
  () => `temperature ${JSON.stringify(sent.temperature)} was sent`,
  String,
)
console.log(`expected: an error that names temperature  observed: ${outcome}`)
process.exit(sent.temperature === null ? 0 : 1)
