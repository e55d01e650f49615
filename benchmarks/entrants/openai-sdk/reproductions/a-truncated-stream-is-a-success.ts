// A stream that ends in the middle of a sentence, without a finish reason, is an answer like any other.
// Advice followed: the README of openai 7.57.0, "Streaming responses" (https://github.com/openai/openai-node, read 2026-11-24). Fails STR-03.
import OpenAI from 'openai'

async function fetch() {
  const choices = [
    { index: 0, delta: { role: 'assistant', content: 'Take 5 mg, but not if' }, finish_reason: null },
  ]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\n`)
}
const client = new OpenAI({ apiKey: 'none', maxRetries: 0, fetch })
let observed = ''
try {
  const messages = [{ role: 'user' as const, content: 'How much?' }]
  const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })
  for await (const chunk of stream) observed += chunk.choices[0]?.delta.content ?? ''
  observed = `success: "${observed}"`
} catch (error) {
  observed = String(error)
}
console.log(`expected: an error  observed: ${observed}`)
process.exit(observed.startsWith('success') ? 0 : 1)
