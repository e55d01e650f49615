// A server that reports no usage, as many self-hosted ones do, leaves a whole answer without tokens: neither the message nor the
// callbacks carry a count or an estimate.
// Advice followed: https://js.langchain.com/docs/how_to/chat_token_usage_tracking/ (`usage_metadata` and callbacks), read 2026-11-24. Fails MET-19.
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: 'Three harbours still land plaice.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const told: unknown[] = []
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const answer = await model.invoke('Which harbours still land plaice?', {
  callbacks: [{ awaitHandlers: true, handleLLMEnd: ({ llmOutput }) => void told.push(llmOutput) }],
})
const counts = JSON.stringify([answer.usage_metadata, told]).match(/"\w*[tT]okens":[1-9]\d*/g) ?? []
console.log(`expected: an estimate of the tokens of "${answer.text}"  observed: ${counts.join() || 'none'}`)
process.exit(counts.length === 0 ? 0 : 1)
