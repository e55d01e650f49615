// `insufficient_quota` is for good until somebody pays, and is sent three times all the same.
// Advice followed: the README of openai 7.57.0, "Retries" (https://github.com/openai/openai-node, read 2026-11-24). Fails FLT-04.
import OpenAI from 'openai'

let requests = 0
async function fetch() {
  requests++
  const error = {
    message: 'You exceeded your current quota.',
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  }
  return Response.json({ error }, { status: 429 })
}
const client = new OpenAI({ apiKey: 'none', maxRetries: 2, fetch })
const messages = [{ role: 'user' as const, content: 'Hi' }]
await client.chat.completions.create({ model: 'gpt-4o', messages }).catch(() => {})
console.log(`expected: 1 request  observed: ${requests} requests`)
process.exit(requests === 3 ? 0 : 1)
