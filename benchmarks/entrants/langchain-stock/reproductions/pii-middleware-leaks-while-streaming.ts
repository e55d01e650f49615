// The middleware that is to redact e-mails in the output lets them out token by token. In Python it redacts streams as well.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails ("PII detection", `applyToOutput`) with
// https://docs.langchain.com/oss/javascript/langchain/streaming (`streamMode: 'messages'`) and with what that page recommends,
// https://docs.langchain.com/oss/javascript/langchain/event-streaming; all read 2026-11-24. Fails GRD-11.
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

async function fetch() {
  const delta = { role: 'assistant', content: 'Write to ann@example.com' }
  const choices = [{ index: 0, delta, finish_reason: 'stop' }]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\ndata: [DONE]\n\n`)
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const redact = piiMiddleware('email', { strategy: 'redact', applyToOutput: true })
const agent = createAgent({ model, tools: [], middleware: [redact as unknown as AgentMiddleware] })
const messages = [{ role: 'user', content: 'Whom do I write to?' }]
let byMode = ''
for await (const [token, { langgraph_node: node }] of await agent.stream(
  { messages },
  { streamMode: 'messages' },
))
  if (node === 'model_request') byMode += token.text
let byEvent = ''
const run = await agent.streamEvents({ messages }, { version: 'v3' })
for await (const message of run.messages) for await (const delta of message.text) byEvent += delta
console.log(`expected: Write to [REDACTED_EMAIL]  observed: ${byMode} (streamMode), ${byEvent} (events)`)
process.exit([byMode, byEvent].every((text) => text.includes('ann@example.com')) ? 0 : 1)
