// A field that the server would understand is neither sent nor warned of: the call succeeds without it.
// Advice followed: "Provider Options" (https://ai-sdk.dev/docs/foundations/provider-options, read 2026-11-24).
import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'

globalThis.AI_SDK_LOG_WARNINGS = false
let sent = ''
async function fetch(_: unknown, init?: RequestInit) {
  sent = String(init?.body)
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
  return Response.json({ id: 'x', created: 1, model: 'qwen3', choices })
}
const { warnings } = await generateText({
  model: createOpenAI({ baseURL: 'http://localhost:8000/v1', apiKey: 'none', fetch }).chat('qwen3'),
  prompt: 'Hi',
  providerOptions: { openai: { chat_template_kwargs: { enable_thinking: false } } },
})
const isSent = sent.includes('enable_thinking')
console.log(`expected: it is sent, or a warning  observed: sent ${isSent}, ${warnings?.length ?? 0} warnings`)
process.exit(!isSent && !warnings?.length ? 0 : 1)
