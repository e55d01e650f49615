// A call that succeeds at its third attempt reports one model call: neither result nor telemetry tells of the other two.
// Advice followed: "Telemetry", integrations (https://ai-sdk.dev/docs/ai-sdk-core/telemetry#telemetry-integrations, read 2026-11-24). Fails MET-01.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'

let requests = 0
async function fetch() {
  const headers = { 'retry-after-ms': '1' }
  if (++requests < 3) return Response.json({ error: { message: 'Busy' } }, { status: 503, headers })
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'gpt-4o', choices })
}
const events: string[] = []
const names = ['onStepStart', 'onLanguageModelCallStart', 'onLanguageModelCallEnd', 'onStepError', 'onError']
const integrations = Object.fromEntries(names.map((name) => [name, () => void events.push(name)]))
const model = createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o')
await generateText({ model, prompt: 'Hi', maxRetries: 2, telemetry: { integrations } })
const reported = events.filter((name) => name === 'onLanguageModelCallStart').length
console.log(`expected: ${requests} attempts reported  observed: ${reported} (${events.join(', ')})`)
process.exit(requests === 3 && events.length === 3 ? 0 : 1)
