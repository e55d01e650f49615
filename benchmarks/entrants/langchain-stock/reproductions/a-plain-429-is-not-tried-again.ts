// A rate limit without a `Retry-After` in seconds is not tried again, whatever `maxRetries` says.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/models (read 2026-11-24), "Parameters", `maxRetries`:
// "Network errors, rate limits (429), and server errors (5xx) are retried automatically."
// Upstream, where it was decided: https://github.com/langchain-ai/langchainjs/pull/10674 Fails FLT-05.
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  if (++requests === 1) return Response.json({ error: { message: 'Too many requests' } }, { status: 429 })
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const model = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 6, apiKey: 'none', configuration: { fetch } })
const observed = await model.invoke('Hi').then(
  (answer) => answer.text,
  (error: Error) => error.name,
)
console.log(`expected: Fine., after 2 requests  observed: ${observed}, after ${requests}`)
process.exit(observed === 'RateLimitCapacityError' && requests === 1 ? 0 : 1)
