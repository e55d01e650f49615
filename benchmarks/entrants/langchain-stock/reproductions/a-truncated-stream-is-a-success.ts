// A stream that ends in the middle of a sentence, without a finish reason, is an answer like any other.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/models (read 2026-11-24), "Stream". Fails STR-03.
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const choices = [
    { index: 0, delta: { role: 'assistant', content: 'Take 5 mg, but not if' }, finish_reason: null },
  ]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\n`)
}
const model = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0, apiKey: 'none', configuration: { fetch } })
let observed = ''
try {
  for await (const chunk of await model.stream('How much?')) observed += chunk.text
  observed = `success: "${observed}"`
} catch (error) {
  observed = String(error)
}
console.log(`expected: an error  observed: ${observed}`)
process.exit(observed.startsWith('success') ? 0 : 1)
