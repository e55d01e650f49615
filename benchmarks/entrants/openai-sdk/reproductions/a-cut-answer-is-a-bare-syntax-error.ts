// A 200 whose JSON is cut short rejects with a SyntaxError that is none of the SDK's errors and is not tried again.
// Advice followed: the README of openai 7.57.0, "Handling errors": "a subclass of APIError will be thrown"
// (https://github.com/openai/openai-node, read 2026-11-24). Fails FLT-08.
import OpenAI from 'openai'

let requests = 0
async function fetch() {
  requests++
  return new Response('{"id":"x","choices":[{"ind', { headers: { 'content-type': 'application/json' } })
}
const client = new OpenAI({ apiKey: 'none', maxRetries: 2, fetch })
const messages = [{ role: 'user' as const, content: 'Hi' }]
const error: unknown = await client.chat.completions
  .create({ model: 'gpt-4o', messages })
  .catch((thrown) => thrown)
const isOwn = error instanceof OpenAI.OpenAIError
const name = error instanceof Error ? error.constructor.name : typeof error
console.log(`expected: an APIError  observed: ${name} after ${requests} request`)
process.exit(!isOwn && name === 'SyntaxError' ? 0 : 1)
